/* 问策搜索框：一行 <script src="https://服务地址/embed.js" async></script> 放在要它出现的地方。
   样式都在 Shadow DOM 里，页面的样式进不来也出不去；不用内联样式与第三方，合乎严格的 CSP
   （script-src 与 connect-src 里要有服务地址）。颜色与字体用 --wence-* 变量改。 */
"use strict";
(() => {
  const script =
    document.currentScript || document.querySelector('script[src*="/embed.js"]:not([data-wence])');
  if (!script) return;
  script.dataset.wence = "1";
  const base = new URL(script.src).href.replace(/\/embed\.js.*$/, "");
  const TURNS = 6;
  const SHOWN = 10;

  const STYLE = `
    :host { display: block; container-type: inline-size; color: var(--wence-text, #1f2328);
      font: var(--wence-size, 16px)/1.6 var(--wence-font, system-ui, "Noto Sans CJK SC",
      "Microsoft YaHei", sans-serif); }
    .box { border: 1px solid var(--wence-line, #d0d7de); border-radius: var(--wence-radius, 8px);
      background: var(--wence-ground, #fff); padding: 16px; }
    form { display: flex; gap: 8px; }
    input { flex: 1; min-width: 0; font: inherit; color: inherit; padding: 8px 12px;
      background: var(--wence-field, #fff); border: 1px solid var(--wence-line, #6e7781);
      border-radius: 6px; }
    button { font: inherit; padding: 8px 16px; border: 0; border-radius: 6px; cursor: pointer;
      color: var(--wence-on-accent, #fff); background: var(--wence-accent, #0b57a4); }
    button:disabled { opacity: .6; cursor: default; }
    :focus-visible { outline: 3px solid var(--wence-accent, #0b57a4); outline-offset: 2px; }
    .short { font-size: 1.2em; font-weight: 700; margin: 12px 0 0; }
    .answer { white-space: pre-wrap; margin: 12px 0; overflow-wrap: anywhere; }
    .quiet { color: var(--wence-quiet, #57606a); font-size: .9em; margin: 8px 0; }
    ol { margin: 0; padding-left: 1.6em; } li { margin: 4px 0; overflow-wrap: anywhere; }
    a { color: var(--wence-accent, #0b57a4); }
    @container (max-width: 320px) { form { flex-direction: column; } }
  `;

  const make = (name, parts = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(parts)) {
      if (key === "text") made.textContent = value;
      else made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  };
  const link = (id, text) =>
    make("a", { href: `${base}/m/${encodeURIComponent(id)}`, target: "_blank", rel: "noopener", text });

  const host = make("div", { "data-wence-box": "" });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // not an inline style: a strict style-src lets it be
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const label = script.dataset.label || "向政策清单提问";
  const input = make("input", {
    type: "search", maxlength: "500", autocomplete: "off", "aria-label": label,
    placeholder: script.dataset.placeholder || label,
  });
  const button = make("button", { type: "submit", text: script.dataset.button || "提问" });
  const form = make("form", { role: "search" }, input, button);
  const out = make("div", { role: "status", "aria-live": "polite" });
  root.append(make("div", { class: "box" }, form, out));

  let turns = [];
  let asking = null;

  const cited = (answer) => {
    const list = make("ol");
    for (const one of answer.citations.slice(0, SHOWN)) {
      list.append(make("li", { value: String(one.n) }, link(one.measure, one.measure), `：“${one.quote}”`));
    }
    return list;
  };
  const nearest = (answer) => {
    const list = make("ol");
    for (const hit of answer.nearest.slice(0, 3)) {
      list.append(make("li", {}, link(hit.measure.id, hit.measure.title || hit.measure.id), `：${hit.measure.text}`));
    }
    return list;
  };
  const show = (answer) => {
    const parts = [];
    if (answer.understood && answer.understood !== answer.question && turns.length) {
      parts.push(make("p", { class: "quiet", text: `理解为：${answer.understood}` }));
    }
    if (answer.notice) parts.push(make("p", { class: "quiet", text: answer.notice }));
    if (answer.short_answer) parts.push(make("p", { class: "short", text: answer.short_answer }));
    parts.push(make("p", { class: "answer", text: answer.answer }));
    if (answer.citations.length) parts.push(cited(answer));
    if (answer.citations.length > SHOWN) {
      const more = make("a", {
        href: `${base}/?q=${encodeURIComponent(answer.understood || answer.question)}`,
        target: "_blank", rel: "noopener", text: `全部 ${answer.citations.length} 条引文`,
      });
      parts.push(make("p", { class: "quiet" }, more));
    }
    if (answer.standing === "refused" && answer.nearest.length) parts.push(nearest(answer));
    out.replaceChildren(...parts);
  };
  const tell = (text) => out.replaceChildren(make("p", { class: "quiet", text }));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const question = input.value.trim();
    if (!question) return;
    if (asking) asking.abort();
    asking = new AbortController();
    const mine = asking;
    button.disabled = true;
    tell("正在查……");
    try {
      const response = await fetch(`${base}/api/ask`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ question, turns, k: 5 }),
        signal: mine.signal,
        credentials: "omit",
      });
      const body = await response.json();
      if (!response.ok) throw new Error(body.detail || `HTTP ${response.status}`);
      show(body);
      turns = [...turns, question].slice(-TURNS);
      host.dispatchEvent(new CustomEvent("wence-answer", { detail: body, bubbles: true }));
    } catch (error) {
      if (error.name !== "AbortError") {
        const reached = !(error instanceof TypeError);
        tell(reached ? `没有查成：${error.message}` : "连不上问策服务；请检查 WENCE_ORIGINS 与网络");
      }
    } finally {
      if (asking === mine) button.disabled = false;
    }
  });

  const target = script.dataset.target && document.querySelector(script.dataset.target);
  if (target) target.append(host);
  else script.after(host);
})();
