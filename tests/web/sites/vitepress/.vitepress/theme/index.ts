import DefaultTheme from "vitepress/theme";
import Card from "./Card.vue";
import "./style.css";

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component("Card", Card);
  },
};
