// Comfort for the pages of a version and of a difference: n and p (or j and k) go from edit to edit, and what is there to
// be copied can be copied by a button. Every way is there without it, as a link or a file.
"use strict";
(() => {
  const edits = [...document.querySelectorAll(".edit")];
  const keys = document.querySelector(".keys");
  if (keys && edits.length > 1) keys.hidden = false;

  // The edit that was reached last, by key or by link; otherwise the one at the upper edge of the window.
  let reached = null;
  for (const edit of edits) edit.addEventListener("focus", () => { reached = edit; });
  const at = () => {
    if (reached) return edits.indexOf(reached);
    const target = location.hash.startsWith("#edit-") ? document.getElementById(location.hash.slice(1)) : null;
    if (target) return edits.indexOf(target);
    return edits.filter((edit) => edit.getBoundingClientRect().top < 1).length - 1;
  };
  const go = (step) => {
    const next = edits[at() + step];
    if (next) {
      const fold = next.closest("details");
      if (fold) fold.open = true;
      next.scrollIntoView({ block: "center" });
      next.focus({ preventScroll: true });
      return;
    }
    const onward = document.querySelector(step > 0 ? ".leaves a[rel=next]" : ".leaves a[rel=prev]");
    if (onward) location.href = onward.href;
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest && event.target.closest("input, select, textarea, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !edits.length) return;
    const step = { n: 1, j: 1, p: -1, k: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    go(step);
  });
  addEventListener("hashchange", () => {
    // A link into a fold opens it; a browser may not.
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const fold = target && target.closest("details");
    if (fold && !fold.open) { fold.open = true; target.scrollIntoView(); }
    reached = edits.includes(target) ? target : null;
  });

  // On paper nothing can be unfolded.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details.fold:not([open]), details.weight:not([open])")];
    for (const fold of unfolded) fold.open = true;
  });
  addEventListener("afterprint", () => { for (const fold of unfolded) fold.open = false; });

  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = button.parentElement.parentElement.querySelector(button.dataset.of).textContent;
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  // One open mark of the margin is enough: opening another closes it, and so does Escape.
  const marks = [...document.querySelectorAll("details.since")];
  for (const mark of marks) {
    mark.addEventListener("toggle", () => {
      if (mark.open) for (const other of marks) if (other !== mark) other.open = false;
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const mark of marks) if (mark.open) { mark.open = false; mark.querySelector("summary").focus(); }
  });
})();
