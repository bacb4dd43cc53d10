// For pages of other sites: gives each frame of the form the height of what it shows. A frame is greeted on each of its
// pages; only an answer from there, out of a frame of this page, is believed.
{
  const home = new URL(document.currentScript.src).origin;
  const LOWEST = 100;
  const HIGHEST = 20000;
  const opened = new WeakSet();

  // To whatever the frame shows: a frame that is still empty has no origin yet, and the greeting tells nothing.
  const greet = (frame) => frame.contentWindow.postMessage({ okienko: "hello" }, "*");

  for (const frame of document.querySelectorAll("iframe")) {
    if (!frame.src.startsWith(`${home}/wizyty/osadzone/`)) continue;
    let moved = false;

    frame.addEventListener("load", () => {
      moved = opened.has(frame);
      greet(frame);
    });

    window.addEventListener("message", ({ origin, source, data }) => {
      if (origin !== home || source !== frame.contentWindow) return;
      const height = data?.okienko === "height" ? Number(data.height) : NaN;
      if (!(height >= LOWEST && height <= HIGHEST)) return;
      frame.style.height = `${Math.ceil(height)}px`;
      opened.add(frame);
      if (moved && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
      moved = false;
    });

    greet(frame);
  }
}
