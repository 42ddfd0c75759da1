// Measures a page from outside: when keys arrive, when they are drawn, and when they are painted.
{
  const labelPage = () => document.querySelector("label-page");
  const absolute = () => performance.timeOrigin + performance.now();

  /** Calls back when the current frame has been laid out, painted and presented. */
  const afterPaint = (then) =>
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = then;
      channel.port2.postMessage(0);
    });

  window.probe = {
    drawn: [], painted: [], presented: [], frames: [], absolute, afterPaint,

    /** Measures every key press from now on. */
    watchKeys() {
      let before = 0;
      addEventListener("keydown", () => { before = performance.now(); }, { capture: true });
      addEventListener("keydown", (event) => {
        this.drawn.push(performance.now() - before);
        afterPaint(() => this.painted.push(performance.now() - event.timeStamp));
      });
      new PerformanceObserver((list) => {
        for (const { name, duration } of list.getEntries()) if (name === "keydown") this.presented.push(duration);
      }).observe({ type: "event", durationThreshold: 16 });
    },

    /** Records every frame that the filmstrip draws. */
    watchFrames() {
      const strip = document.querySelector("film-strip");
      const { draw } = strip;
      strip.draw = (frame) => {
        draw.call(strip, frame);
        this.frames.push(frame);
      };
    },

    /** Waits for the frames of this clip and of the next clip. */
    async allArrived() {
      const page = labelPage();
      await page.clip.media.whole;
      await page.nextClip.loaded;
      if (!page.nextClip.state) return;
      while (!page.nextClip.media) await new Promise(requestAnimationFrame);
      await page.nextClip.media.whole;
    },

    /** Resolves with the time when a clip, any or that of a URL, first has one of the states. */
    shown(states, url = null) {
      return new Promise((resolve) => {
        const look = () => {
          const there = states.includes(labelPage()?.dataset.state) && (!url || location.pathname === url);
          if (there) afterPaint(() => resolve(absolute()));
          return there;
        };
        if (look()) return;
        const observer = new MutationObserver(() => { if (look()) observer.disconnect(); });
        observer.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"] });
      });
    },

    /** Presses keys as fast as the page accepts them; "Shift+ArrowRight" is a key. */
    async replay(keys) {
      for (const [index, name] of keys.entries()) {
        const parts = name.split("+");
        const key = parts.pop();
        const held = { shiftKey: parts.includes("Shift"), ctrlKey: parts.includes("Control") };
        dispatchEvent(new KeyboardEvent("keydown", { key, code: key, ...held }));
        dispatchEvent(new KeyboardEvent("keyup", { key, code: key, ...held }));
        if (index % 20 === 19) await new Promise(requestAnimationFrame);
      }
    },

    /** Finishes the clip and opens the next; returns the time from the key to its picture. */
    async openNext() {
      const page = labelPage();
      const { labels } = page;
      labels.set([[labels.start, labels.stop, 0]]);
      page.refresh();
      await this.allArrived();
      const { url } = page.nextClip.state;
      await new Promise((resolve) => afterPaint(resolve));
      const before = absolute();
      dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter" }));
      const seen = this.shown(["seen"], url);
      const ready = this.shown(["ready"], url);
      return [(await Promise.race([seen, ready])) - before, (await ready) - before];
    },
  };

  /** Returns the time from the click on a link to this page until its first paint. */
  window.probe.loadedAfterClick = async () => {
    while (!window.probe.loaded) await new Promise(requestAnimationFrame);
    return window.probe.loaded - Number(sessionStorage.getItem("clicked"));
  };
  addEventListener("DOMContentLoaded", () => afterPaint(() => { window.probe.loaded = absolute(); }));

  const firstShown = () => {
    probe.shown(["seen", "ready"]).then((when) => { probe.firstShown = when; });
    probe.shown(["ready"]).then((when) => { probe.firstReady = when; });
  };
  addEventListener("DOMContentLoaded", firstShown);
  document.addEventListener("click", () => sessionStorage.setItem("clicked", absolute()), { capture: true });
}
