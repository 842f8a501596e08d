export default function Boxes() {
  return (
    <main>
      {/* BOXES css */}
    </main>
  );
}
