import { createRoot } from "react-dom/client";
import Components from "../content/components.mdx";
import Launch from "../content/launch.mdx";

const pages = { "/components": Components };
const Page = pages[location.pathname] ?? Launch;

createRoot(document.getElementById("root")).render(
  <main>
    <nav>
      <a href="/">Ridgeline 2.0</a> <a href="/components">Components</a>
    </nav>
    <Page />
  </main>,
);
