"use strict";
(() => {
  const PAGE = 100, PRINT = 1000, WAIT = 120;
  const FILTERS = ["place", "family", "indicator", "kind", "group", "status"];
  const STATED = ["label_stated", "value_stated", "hedge_stated", "unit_stated",
    "denominator_stated", "scope_stated", "area_stated", "base_stated",
    "ownership_stated", "flow_stated", "commitment_stated"];
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = id => document.getElementById(id);
  const rowsOf = ({size, columns}) => {
    class Row { constructor(at) { this._at = at; } }
    for (const [name, [cells, index]] of Object.entries(columns))
      Object.defineProperty(Row.prototype, name,
        {get() { return cells[index ? index[this._at] : this._at]; }});
    return Array.from({length: size}, (_, at) => new Row(at));
  };
  const tables = {};
  for (const name of ["observations", "derived", "findings"])
    tables[name] = rowsOf(data[name]);
  const byId = new Map();
  for (const [type, name] of [["finding", "findings"], ["derived", "derived"],
    ["observation", "observations"]])
    for (const row of tables[name]) byId.set(row.id, {type, row});
  const places = new Map(data.places.map((place, order) => [place[0],
    {order, names: place.slice(1, 3), colour: place[3], fill: place[4]}]));

  /* Words: every label in the language of the page. */
  let state = {}, shown = [], shownRow = "", language = 0;
  const t = (key, fill = {}) =>
    data.words[key][language].replace(/\{(\w+)\}/g, (_, name) => fill[name] ?? "");
  const own = (object, key) => object && Object.hasOwn(object, key) ? object[key] : null;
  const code = (list, key) => own(own(data.codes, list), key)?.[language] ?? key;
  const named = (list, key) => own(data[list], key)?.[language] ?? key;
  const indicatorName = key => {
    const found = own(data.indicators, key);
    return found ? found[language ? "label_en" : "label_zh"] : key;
  };
  const familyName = key => data.families.find(row => row[0] === key)?.[language + 1] ?? key;
  const placeName = key => places.get(key)?.names[language] ?? key;
  const groupName = key => key ? code("group", key) : t("ungrouped");
  const docOf = row => row.doc ?? row.id.split(":")[0];
  const areaName = row => row.ref_area === own(data.documents, docOf(row))?.ref_area ? ""
    : named("areas", row.ref_area);
  const withSpaces = text => (text ?? "").replaceAll("⏎", "\n");

  /* Folding as documents.fold does it. */
  const pairs = [...data.fold], simple = new Map();
  for (let at = 0; at < pairs.length; at += 2) simple.set(pairs[at], pairs[at + 1]);
  const one = text => [...text].length === 1;
  const fold = text => [...text].map(character => {
    const plain = character.normalize("NFKC"), lower = plain.toLowerCase();
    if (!one(plain)) return character;
    if (plain < "\u3400" || plain > "\u9fff") return one(lower) ? lower : plain;
    return simple.get(plain) ?? plain;
  }).join("");
  const labels = new Map(Object.entries(data.indicators).map(([key, row]) =>
    [key, fold(`\n${key}\n${row.label_zh}\n${row.label_en}`)]));
  const areas = new Map(Object.entries(data.areas).map(([key, names]) =>
    [key, fold(`\n${names.join("\n")}`)]));

  /* What each filter compares, and the two orders. */
  const familyOrder = new Map(data.families.map((row, order) => [row[0], order]));
  tables.observations.forEach(row => {
    row._family = own(data.indicators, row.indicator)?.family ?? "";
    row._words = row.search + (labels.get(row.indicator) ?? "")
      + (areas.get(row.ref_area) ?? "");
  });
  const rank = row => (places.get(row.doc)?.order ?? places.size);
  const byDocument = [...tables.observations].sort((a, b) =>
    rank(a) - rank(b) || a._at - b._at);
  const text = (a, b) => a < b ? -1 : +(a > b);
  const byIndicator = [...byDocument].sort((a, b) =>
    (familyOrder.get(a._family) ?? 99) - (familyOrder.get(b._family) ?? 99)
    || text(a.indicator, b.indicator) || rank(a) - rank(b) || text(a.ref_area, b.ref_area)
    || text(a.kind, b.kind) || text(a.time_period, b.time_period) || a._at - b._at);

  /* The address is the only memory: #id&lang=…&filter=… */
  const KEYS = ["lang", "q", ...FILTERS, "order", "page"];
  const plainly = part => { try { return decodeURIComponent(part); } catch { return part; } };
  const fromAddress = () => {
    const found = {id: ""};
    for (const part of location.hash.slice(1).split("&")) {
      const at = part.indexOf("=");
      if (at < 0) found.id ||= plainly(part);
      else if (KEYS.includes(part.slice(0, at))) found[part.slice(0, at)] = plainly(part.slice(at + 1));
    }
    return found;
  };
  const encoded = part => encodeURIComponent(part).replace(/%3A/g, ":").replace(/%2F/g, "/");
  const address = changes => {
    const wanted = {...state, ...changes};
    return "#" + [wanted.id && encoded(wanted.id), ...KEYS.filter(key => wanted[key])
      .map(key => `${key}=${encoded(wanted[key])}`)].filter(Boolean).join("&");
  };
  const turn = way => changes => {
    history[way](null, "", address(changes));
    update();
  };
  const [goto, remember] = [turn("pushState"), turn("replaceState")];

  /* Elements: text is only ever text. */
  const h = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {}))
      if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value);
    element.append(...children.flat(Infinity).filter(child => child || child === 0));
    return element;
  };
  const link = (id, ...children) => h("a", {href: address({id})}, ...children);
  const chinese = (text, tag = "span") => h(tag, {lang: "zh"}, text);
  const english = text => h("span", {lang: "en"}, text);

  /* Values in words. */
  const worded = row => {
    if (row.comparator === "missing") return t("blank");
    if (!row.number) return t("no_number");
    const form = row.comparator ? code("comparator_form", row.comparator) : "";
    return form.includes("#") ? form.replace("#", () => row.number) : row.number;
  };
  const unitName = row => row.number && !/[%‰]$/.test(row.number) ? named("units", row.unit) : "";
  const withUnit = row => [worded(row), unitName(row)].filter(Boolean).join(" ");
  const valueOf = row => row.refused ? t("refused") : withUnit(row);
  const placeMark = doc => {
    const mark = h("span", {class: `mark ${places.get(doc)?.fill ?? ""}`, "aria-hidden": "true"});
    mark.style.setProperty("--place", places.get(doc)?.colour ?? "currentColor");
    return mark;
  };
  const badge = group => own(data.signs, group)?.[0]
    && h("span", {class: `group group-${group}`, title: groupName(group)}, data.signs[group][0]);

  /* Filters, with how many rows each choice would leave. */
  const passes = (row, terms) => terms.every(term => row._words.includes(term));
  const COLUMN = {place: "doc", family: "_family", status: "obs_status"};
  const valueAt = (row, name) => row[COLUMN[name] ?? name] || (name === "group" ? "none" : "");
  const filtered = () => {
    const terms = fold(state.q ?? "").split(/\s+/).filter(Boolean);
    const counts = Object.fromEntries(FILTERS.map(name => [name, new Map()]));
    const add = (name, row) => {
      const key = valueAt(row, name);
      counts[name].set(key, (counts[name].get(key) ?? 0) + 1);
    };
    const set = FILTERS.filter(name => state[name]);
    const kept = (state.order === "document" ? byDocument : byIndicator).filter(row => {
      if (terms.length && !passes(row, terms)) return false;
      const failing = set.filter(name => valueAt(row, name) !== state[name]);
      if (!failing.length) for (const name of FILTERS) add(name, row);
      else if (failing.length === 1) add(failing[0], row);
      return !failing.length;
    });
    return [kept, counts];
  };
  const keysOf = list => Object.keys(data.codes[list] ?? {});
  const CHOICES = {
    place: [() => [...places.keys()], placeName],
    family: [() => data.families.map(row => row[0]), familyName],
    indicator: [() => Object.keys(data.indicators), indicatorName],
    kind: [() => keysOf("kind"), key => code("kind", key)],
    group: [() => [...keysOf("group"), "none"], key => groupName(key === "none" ? "" : key)],
    status: [() => keysOf("obs_status"), key => `${key} · ${code("obs_status", key)}`],
  };
  const fillFilters = counts => {
    for (const name of FILTERS) {
      const [keys, label] = CHOICES[name], chosen = state[name] ?? "";
      const option = key => {
        const made = h("option", {value: key}, `${label(key)} (${counts[name].get(key) ?? 0})`);
        made.selected = key === chosen;
        return made;
      };
      const open = keys().filter(key => counts[name].get(key) || key === chosen);
      const groups = name !== "indicator" ? open.map(option)
        : data.families.map(family => [family[0], open.filter(key => data.indicators[key].family === family[0])])
          .filter(([, members]) => members.length)
          .map(([key, members]) => h("optgroup", {label: familyName(key)}, members.map(option)));
      $(name).replaceChildren(h("option", {value: ""}, t("all")), ...groups);
    }
    $("order").replaceChildren(h("option", {value: ""}, t("by_indicator")),
      h("option", {value: "document"}, t("by_document")));
    $("order").value = state.order === "document" ? "document" : "";
    if (document.activeElement !== $("q")) $("q").value = state.q ?? "";
  };

  /* The table: one page of plain links, so that keyboard, search and screen readers work. */
  const COLUMNS = [
    ["place", row => [h("span", {class: "named"}, placeMark(row.doc), placeName(row.doc)), areaName(row) && ` · ${areaName(row)}`]],
    ["indicator", row => indicatorName(row.indicator)],
    ["value", row => [h("a", {href: address({id: row.id}), id: `v-${row.id}`,
      "aria-current": row.id === state.id ? "true" : null}, worded(row)),
      unitName(row) && h("span", {class: "unit"}, ` ${unitName(row)}`)]],
    ["kind", row => code("kind", row.kind)],
    ["time", row => row.time_period.replace("/", "–") || t("undated")],
    ["group", row => badge(row.group) || h("span", {class: "soft"}, "–")],
    ["status", row => h("span", {title: code("obs_status", row.obs_status)}, row.obs_status,
      h("span", {class: "long-status"}, ` ${code("obs_status", row.obs_status)}`))],
    ["worded", row => chinese(row.label_stated)],
  ];
  const tableOf = rows => h("table", null,
    h("caption", {class: "hidden"}, t("caption")),
    h("thead", null, h("tr", null, COLUMNS.map(([name]) => h("th", {scope: "col", class: `in-${name}`}, t(name))))),
    h("tbody", null, rows.map(row => h("tr", {class: row.id === state.id ? "current" : null},
      COLUMNS.map(([name, cell]) => h("td", {class: `in-${name}`, "data-name": t(name)}, cell(row)))))));
  const list = (first, rows) => {
    $("list").replaceChildren(rows.length ? tableOf(rows) : h("p", {class: "notice"}, t("none")));
    $("count").textContent = t("count", {found: shown.length.toLocaleString("en"),
      all: tables.observations.length.toLocaleString("en"),
      first: rows.length ? first + 1 : 0, last: first + rows.length});
  };
  const paged = () => {
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    const at = Math.min(pages, Math.max(1, Math.trunc(+state.page) || 1));
    list((at - 1) * PAGE, shown.slice((at - 1) * PAGE, at * PAGE));
    const button = (key, page) => h("button", {type: "button", id: key, disabled: page < 1 || page > pages ? "" : null}, t(key));
    const [back, on] = [button("previous_page", at - 1), button("next_page", at + 1)];
    for (const [made, page] of [[back, at - 1], [on, at + 1]])
      made.addEventListener("click", () => {
        goto({page: String(page)});
        $("filters").scrollIntoView();
      });
    $("pages").hidden = pages < 2;
    $("pages").setAttribute("aria-label", t("pages"));
    $("pages").replaceChildren(back, h("span", null, t("page_of", {page: at, pages})), on);
  };
  const turnTo = id => {
    const at = shown.findIndex(row => row.id === id);
    if (at >= 0) state.page = at < PAGE ? "" : String(Math.floor(at / PAGE) + 1);
  };

  /* The panel. */
  const facts = rows => h("dl", null, rows.filter(row => row && row[1] && row[1].length !== 0)
    .map(([name, value]) => h("div", null, h("dt", null, t(name)), h("dd", null, value))));
  const section = (name, ...children) => h("section", null, h("h3", null, t(name)), ...children);
  const nameOf = row => indicatorName(row.indicator)
    + (row.measure && row.measure !== "value" ? `: ${code("measure_derived", row.measure)}` : "");
  const titleOf = found => {
    if (found.type === "finding") return `${t("finding")} ${found.row.id}`;
    const {row} = found;
    return `${placeName(docOf(row))}${areaName(row) && ` · ${areaName(row)}`}, ${nameOf(row)}, ${row.time_period.replace("/", "–") || t("undated")}`;
  };
  const reference = id => {
    const found = byId.get(id);
    if (!found) return h("code", null, id);
    const value = found.type === "finding" ? code("outcome", found.row.outcome) : valueOf(found.row);
    return h("span", null, link(id, value), ` — ${titleOf(found)} `, h("code", null, id));
  };
  const references = ids => h("ul", null, ids.map(id => h("li", null, reference(id))));
  const idsIn = row => row.inputs.split(" ").filter(Boolean);
  const using = (id, name) => tables[name].filter(row => idsIn(row).includes(id)).map(row => row.id);
  const usesOf = id => [["uses", "derived"], ["finding_uses", "findings"]].map(([title, name]) => {
    const ids = using(id, name);
    return ids.length > 0 && section(title, references(ids));
  });
  const localised = (row, name) => row[`${name}_${language ? "en" : "zh"}`]
    || (!language && row[`${name}_zh`]) || row[name] || "";
  const besideOf = row => {
    if (!row.group) return false;
    const values = [...tables.observations, ...tables.derived].filter(other => other.group
      && other.indicator === row.indicator && other.kind === row.kind && docOf(other) !== docOf(row));
    const reasons = localised(row, "reason");
    return section("beside", h("p", null, badge(row.group), " ", groupName(row.group)),
      reasons && h("ul", null, reasons.split("\n").map(told => h("li", null, told))),
      h("ul", {class: "pairs"}, values.map(other => h("li", null, badge(other.group), " ", reference(other.id)))));
  };
  const fullText = row => {
    const characters = [...data.documents[row.doc].text];
    const [start, end] = [+row.quote_start, +row.quote_end];
    const between = (from, to) => characters.slice(from, to).join("");
    let from = start, to = end;
    for (let lines = 0; from > 0 && start - from < 300; from--)
      if (characters[from - 1] === "\n" && ++lines > 2) break;
    for (let lines = 0; to < characters.length && to - end < 300; to++)
      if (characters[to] === "\n" && ++lines > 2) break;
    return h("div", {class: "text", id: "text", lang: "zh", tabindex: "0", role: "region", "aria-label": t("full_text")},
      h("span", {class: "far"}, between(0, from)), between(from, start),
      h("mark", {id: "mark"}, between(start, end)),
      between(end, to), h("span", {class: "far"}, between(to)));
  };
  const toMark = () => {
    const [box, mark] = [$("text"), $("mark")];
    if (mark) box.scrollTop = mark.offsetTop - (box.clientHeight - Math.min(mark.offsetHeight, box.clientHeight)) / 2;
  };
  const ends = row => (row.lower || row.upper) && `${row.lower || "…"} – ${row.upper || "…"}${row.upper_open ? ` (${t("bounds_open")})` : ""}`;
  const definitionOf = key => {
    const found = own(data.indicators, key);
    return found && section("definition", h("p", null, chinese(found.label_zh), " · ", english(found.label_en)),
      facts([["definition", found.definition && english(found.definition)],
        ...["denominator", "includes", "excludes"].map(name => [name, found[name] && english(found[name])])]));
  };
  const observationPanel = row => {
    const source = data.documents[row.doc];
    const again = h("button", {type: "button", id: "again"}, t("to_sentence"));
    again.addEventListener("click", toMark);
    return [
      section("sentence",
        h("p", {class: "source"}, chinese(source.title), !!language && h("span", {class: "soft"}, ` ${source.title_en}`)),
        facts([["section", row.section && chinese(row.section)], ["table", row.in_table && chinese(row.in_table)],
          ["offsets", t("span", {start: row.quote_start, end: row.quote_end})]]),
        fullText(row), again,
        facts([["read_as", row.read_as && chinese(withSpaces(row.read_as), "q")],
          ["note", row.note && english(row.note)]])),
      section("printed", facts([...STATED.map(name => [name, row[name] && chinese(row[name])]),
        ["in_words", row.in_words && code("in_words", row.in_words)],
        ["absence", row.absence && code("absence", row.absence)]])),
      section("our_terms", facts([
        ["area", named("areas", row.ref_area)], ["unit", named("units", row.unit)], ["bounds", ends(row)],
        ["comparator", code("comparator", row.comparator)],
        ["scope", row.scope && code("scope", row.scope)],
        ["obligation", row.obligation && code("obligation", row.obligation)],
        ["match_type", code("predicate_id", row.match_type)],
        ["status", `${row.obs_status} · ${code("obs_status", row.obs_status)}`],
        ["group", groupName(row.group)]])),
      usesOf(row.id), besideOf(row), definitionOf(row.indicator)];
  };
  const inputList = row => {
    const ids = idsIn(row);
    const letters = [...new Set((row.formula ?? "").match(/\b[a-z]\b/g) ?? [])].sort();
    const names = letters.length === ids.length ? letters : [];
    return h("ul", null, ids.map((id, at) => h("li", null, names[at] && [h("code", null, names[at]), " = "], reference(id))));
  };
  const derivedPanel = row => [
    h("p", {class: "notice"}, t("derived_one"), row.refused ? ` · ${t("refused")}` : ""),
    facts([["measure", row.measure && code("measure_derived", row.measure)], ["bounds", ends(row)],
      ["unit", named("units", row.unit)],
      ["status", `${row.obs_status} · ${code("obs_status", row.obs_status)}`],
      ["note", localised(row, "note") || row.note]]),
    section("formula", h("p", null, h("code", null, row.formula))),
    section("inputs", inputList(row)),
    usesOf(row.id), besideOf(row), definitionOf(row.indicator)];
  const findingPanel = row => [
    h("p", null, localised(row, "explanation")),
    facts([["verdict", code("outcome", row.outcome)], ["rule", code("test", row.rule)],
      ["stated", row.stated], ["computed", row.computed], ["bounds", ends(row)],
      ["arithmetic", row.arithmetic && h("code", null, row.arithmetic)]]),
    section("inputs", inputList(row))];
  const panelFor = id => {
    const found = byId.get(id);
    if (!found) return [h("h2", {id: "heading", tabindex: "-1"}, t("unknown", {id}))];
    const {type, row} = found;
    const value = type === "finding" ? code("outcome", row.outcome)
      : row.refused ? t("refused") : [worded(row), " ", h("span", {class: "unit"}, unitName(row))];
    const build = {observation: observationPanel, derived: derivedPanel, finding: findingPanel}[type];
    return [
      h("h2", {id: "heading", tabindex: "-1"}, h("span", {class: "value"}, value),
        type === "finding" ? titleOf(found) : nameOf(row)),
      h("p", {class: "what"}, placeMark(docOf(row)), placeName(docOf(row)),
        type !== "finding" && [areaName(row) && ` · ${areaName(row)}`,
          row.kind && ` · ${code("kind", row.kind)}`, ` · ${row.time_period.replace("/", "–") || t("undated")}`],
        " ", badge(row.group), " ", h("a", {href: `#${encoded(id)}`, class: "id"}, id)),
      build(row)];
  };
  const neighbours = id => {
    const at = shown.findIndex(row => row.id === id);
    return at < 0 ? [] : [["previous", shown[at - 1]], ["next", shown[at + 1]]]
      .map(([key, row]) => row && h("a", {href: address({id: row.id}), id: key}, t(key)));
  };
  const narrow = matchMedia("(max-width: 76rem)");
  const cover = () => { document.querySelector("main").inert = !!state.id && narrow.matches; };
  const panel = () => {
    const element = $("panel");
    element.hidden = !state.id;
    document.body.classList.toggle("open", !!state.id);
    element.setAttribute("aria-label", t("panel"));
    cover();
    if (!state.id) return element.replaceChildren();
    const close = h("button", {type: "button", id: "close"}, t("close"));
    close.addEventListener("click", () => goto({id: ""}));
    element.replaceChildren(h("p", {class: "bar"}, close, neighbours(state.id)), ...panelFor(state.id).flat(2).filter(Boolean));
    element.scrollTop = 0;
    toMark();
  };

  /* Derived values, findings and documents, below the table. */
  const fill = (id, make) => {
    const [summary, items] = $(id).children;
    if (id !== "sources") {
      $(id).hidden = !tables[id].length;
      summary.textContent = t(id, {n: tables[id].length});
    }
    const build = () => { if ($(id).open) items.replaceChildren(...make()); };
    $(id).ontoggle = build;
    build();
  };
  const lists = () => {
    fill("derived", () => tables.derived.map(row => h("li", null, reference(row.id))));
    fill("findings", () => tables.findings.map(row => h("li", null, reference(row.id), " ",
      h("span", {class: "soft"}, localised(row, "explanation")))));
    fill("sources", () => [...places.keys()].filter(doc => own(data.documents, doc)).map(doc => {
      const source = data.documents[doc];
      return h("li", null, placeMark(doc), chinese(source.title), " ", english(source.title_en),
        facts([["issuer", source.issuer && chinese(source.issuer)], ["date", source.date_signed],
          ["quality", source.quality_note && english(source.quality_note)],
          ["checksum", h("code", null, source.sha256)]]));
    }));
  };

  const relabel = () => {
    const wished = state.lang || (/^zh\b/i.test(navigator.language) ? "zh" : "en");
    language = wished === "zh" ? 0 : 1;
    document.documentElement.lang = language ? "en" : "zh-CN";
    document.title = t("title");
    for (const element of document.querySelectorAll("[data-word]"))
      element.textContent = t(element.dataset.word);
    $("pages").ariaLabel = t("pages");
    $("zh").ariaPressed = String(!language);
    $("en").ariaPressed = String(!!language);
  };
  const update = () => {
    const focused = document.activeElement?.id;
    state = fromAddress();
    relabel();
    const [kept, counts] = filtered();
    shown = kept;
    if (state.id && state.id !== shownRow) turnTo(state.id);
    fillFilters(counts);
    paged();
    lists();
    panel();
    const left = shownRow;
    shownRow = state.id;
    if (left === state.id) {
      if (focused && document.activeElement === document.body) $(focused)?.focus();
      return;
    }
    if (state.id) {
      $("heading").focus({preventScroll: true});
      if (!narrow.matches) $(`v-${state.id}`)?.scrollIntoView({block: "center"});
    } else ($(`v-${left}`) ?? $("q")).focus();
  };

  let timer = 0;
  const later = change => { clearTimeout(timer); timer = setTimeout(change, WAIT); };
  $("q").addEventListener("input", () => later(() => remember({q: $("q").value, page: ""})));
  for (const name of [...FILTERS, "order"])
    $(name).addEventListener("change", () => remember({[name]: $(name).value, page: ""}));
  $("clear").addEventListener("click", () => {
    $("q").value = "";
    remember(Object.fromEntries(["q", "page", ...FILTERS].map(name => [name, ""])));
  });
  $("filters").addEventListener("submit", event => event.preventDefault());
  for (const name of ["zh", "en"]) $(name).addEventListener("click", () => remember({lang: name}));
  $("skip").addEventListener("click", event => {
    event.preventDefault();
    document.querySelector("#list a")?.focus();
  });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && state.id) goto({id: ""});
  });
  narrow.addEventListener("change", cover);
  addEventListener("hashchange", update);
  addEventListener("beforeprint", () => list(0, shown.slice(0, PRINT)));
  addEventListener("afterprint", paged);
  update();
})();
