"use strict";
document.querySelectorAll("main table").forEach(table => {
  const body = table.tBodies[0];
  if (!body || body.rows.length < 3) return;
  const heads = [...table.tHead.rows[0].cells];
  const number = text => parseFloat(text.replace("−", "-").replace(/[^\d.-]/g, ""));
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    const numeric = head.classList.contains("num");
    const text = row => row.cells[column] ? row.cells[column].textContent.trim() : "";
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.ariaSort === "ascending";
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const order = (a, b) => {
        const [x, y] = [text(a), text(b)];
        if (!x || !y) return !x - !y;
        const way = numeric ? number(x) - number(y)
          : x.localeCompare(y, document.documentElement.lang, {numeric: true});
        return down ? -way : way;
      };
      body.append(...[...body.rows].sort(order));
    });
  });
});
