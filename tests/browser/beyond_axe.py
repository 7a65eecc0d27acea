"""What axe can't see: whether a page can be used with a keyboard, a thumb, larger spaces, few colors or no motion."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from playwright.sync_api import CDPSession, Page

PHONE, NARROW, DESK = 390, 320, 1280  # pixels wide
THUMB = 44  # pixels
NEEDS_A_NAME = {"link", "button", "textbox", "searchbox", "combobox", "checkbox", "radio", "radiogroup", "spinbutton"}
NEEDS_A_NAME |= {"heading", "image", "navigation", "region", "complementary", "DisclosureTriangle"}

# Text that is cut off by a box that hides what overflows, or that stands beyond the edge of the box it is drawn in.
CUT = """() => {
  const found = [], boxed = style => style.overflowX !== 'visible' || style.overflowY !== 'visible'
    || parseFloat(style.borderLeftWidth) > 0 || style.backgroundColor !== 'rgba(0, 0, 0, 0)';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode, parent = text.parentElement;
    if (!text.data.trim() || !parent.checkVisibility({visibilityProperty: true})
      || parent.closest('.visually-hidden, .skip, svg, option, script')) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const boxes = [...range.getClientRects()].filter(box => box.width > 1);
    for (let around = parent; around; around = around.parentElement) {
      const style = getComputedStyle(around), edge = around.getBoundingClientRect();
      if (style.display === 'inline' || !boxed(style) && around !== document.body) continue;
      if (boxes.some(box => box.left < edge.left - 1 || box.right > edge.right + 1
        || box.top < edge.top - 4 || box.bottom > edge.bottom + 4))
        found.push(`“${text.data.trim().slice(0, 40)}” does not fit into ${around.localName}.${around.className}`);
    }
  }
  return found;
}"""
# WCAG 1.4.12. A sheet made by script is one that our policy lets in.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
# A target is hit half a thumb beside its middle, too. A link within a sentence needs not be: 2.5.8 lets those off.
SMALL = """thumb => {
  const found = [], half = thumb / 2 - 1;
  const inSentence = link => {
    if (link.closest('[href^=tel], .card, .office, .urgent, .crumbs, .site-footer, nav, .plain, .problem, .summary'))
      return false;
    const block = link.closest('p, li, dd, td, small, div, main');
    const words = text => text.trim().split(/\\s+/).filter(word => /\\w/.test(word)).length;
    const links = [...block.querySelectorAll('a')].map(each => words(each.textContent));
    return getComputedStyle(link).display.startsWith('inline')
      && words(block.textContent) - links.reduce((sum, each) => sum + each, 0) >= 4;
  };
  for (const target of document.querySelectorAll('a[href], button, summary, input, select, textarea, label.choice')) {
    const shown = target.getBoundingClientRect();
    if (!target.checkVisibility({visibilityProperty: true}) || shown.width < 2 || target.disabled
      || target.closest('svg, .skip, .visually-hidden') || target.matches('label.choice input')
      || target.localName === 'a' && inSentence(target)) continue;
    const box = target.getClientRects()[0];
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const hits = (x, y) => {
      const there = document.elementFromPoint(x, y);
      return there && target.contains(there);
    };
    if (![[0, 0], [0, -half], [0, half], [-half, 0], [half, 0]].every(([dx, dy]) => hits(x + dx, y + dy)))
      found.push(`${target.localName} “${(target.innerText || target.id).trim().slice(0, 40)}” is `
        + `${Math.round(box.width)} by ${Math.round(box.height)}`);
  }
  return found;
}"""
# Each stop of the Tab key: where it is, whether something covers it, and how it looks with and without the focus.
STOP = """() => {
  const at = document.activeElement, paint = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    return ['outline', 'boxShadow', 'backgroundColor', 'borderColor', 'transform'].map(name => style[name]).join();
  };
  const looks = () => [at, at.closest('label, .tile')].filter(Boolean)
    .flatMap(each => [paint(each), paint(each, '::after')]).join();
  if (at === document.body) return null;
  const box = at.getBoundingClientRect(), focused = looks();
  const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const covered = !there || !(at.contains(there) || there.contains(at));
  at.blur();
  const unfocused = looks();
  at.focus({preventScroll: true, focusVisible: true});
  const all = [...document.querySelectorAll('*')];
  return {
    name: `${at.localName}#${at.id} “${(at.innerText || at.name || '').trim().slice(0, 40)}”`,
    place: all.indexOf(at), top: box.top + scrollY, bottom: box.bottom + scrollY, covered, seen: focused !== unfocused,
    stays: !!at.closest('.dock, .skip'),
  };
}"""
# What can be stopped at: a group of radio buttons is one stop.
STOPS = """() => {
  const all = [...document.querySelectorAll('a[href], button, summary, input, select, textarea')];
  const groups = new Set();
  return all.filter(each => {
    if (each.tabIndex < 0 || each.disabled || each.type === 'hidden' || each.closest('[aria-hidden=true]')
      || !each.checkVisibility({visibilityProperty: true})) return false;
    if (each.type !== 'radio') return true;
    return !groups.has(each.name) && groups.add(each.name);
  }).length;
}"""
# Where one is, in a row of links, is told by more than a color that somebody has taken away.
CURRENT = """() => {
  const found = [], look = element => {
    const style = getComputedStyle(element);
    return ['fontWeight', 'textDecorationLine', 'borderBottomWidth', 'borderBottomStyle', 'borderBottomColor',
      'outlineStyle', 'backgroundColor', 'color', 'forcedColorAdjust', 'display'].map(name => style[name]).join();
  };
  for (const here of document.querySelectorAll('nav a[aria-current]')) {
    const others = [...here.closest('ul').querySelectorAll('a:not([aria-current], .button)')];
    if (others.some(other => look(other) === look(here))) found.push(`“${here.innerText}” looks like the others`);
  }
  return found;
}"""
MOVING = """() => [...document.querySelectorAll('*')].flatMap(each => ['', '::before', '::after'].map(part => {
  const style = getComputedStyle(each, part || null);
  const moves = [...style.transitionDuration.split(','), ...style.animationDuration.split(',')]
    .some(time => parseFloat(time) > 0) || style.scrollBehavior === 'smooth';
  return moves ? `${each.localName}.${each.className}${part} moves` : '';
})).filter(Boolean)"""


def faults_of(page: Page) -> list[str]:
    """Everything found on the page that is open now, each as a sentence. The page is left as it was."""
    page.set_viewport_size({"width": PHONE, "height": 844})
    found = [*_names_and_headings(page), *_small_targets(page)]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {fault}" for fault in _keyboard(page)]
    page.emulate_media(color_scheme="light", forced_colors="active")
    found += [f"forced colors: {fault}" for fault in page.evaluate(CURRENT)]
    page.emulate_media(forced_colors="none", reduced_motion="reduce")
    found += page.evaluate(MOVING)
    page.emulate_media(reduced_motion="no-preference")
    page.evaluate(SPACED)
    for width in (NARROW, DESK):
        page.set_viewport_size({"width": width, "height": 844})
        found += [f"{width} pixels, spaced: {fault}" for fault in page.evaluate(CUT)]
        found += _too_wide(page, width, "spaced")
    page.evaluate("document.adoptedStyleSheets = []")
    page.set_viewport_size({"width": NARROW, "height": 844})
    return [*found, *_too_wide(page, NARROW, "as it is")]


def _too_wide(page: Page, width: int, how: str) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{width} pixels, {how}: the page is {wide} wide"] if wide > width else []


def _small_targets(page: Page) -> list[str]:
    """At the page's full height, so that each can be hit."""
    page.set_viewport_size({"width": PHONE, "height": page.evaluate("document.documentElement.scrollHeight") + 100})
    found: list[str] = page.evaluate(SMALL, THUMB)
    page.set_viewport_size({"width": PHONE, "height": 844})
    return found


def _keyboard(page: Page) -> list[str]:
    """From the top, one stop after the other, until the keyboard leaves the page."""
    page.evaluate("() => { document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0) }")
    page.evaluate("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')")
    stops: list[dict[str, Any]] = []
    ordered = page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").evaluate_all(
        "all => all.map(each => each.innerText)"
    )
    found = [f"“{name}” has a place of its own in the order of the keyboard" for name in ordered]
    wanted = page.evaluate(STOPS)
    for _stop in range(wanted + 3):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or (stops and stop["place"] == stops[0]["place"]):  # out of the page, or around
            break
        stops.append(stop)
    if len(stops) != wanted:
        found.append(f"the Tab key stops {len(stops)} times, and there are {wanted} controls")
    for before, after in pairwise(stops):
        if after["bottom"] < before["top"] and not (after["stays"] or before["stays"]):
            found.append(f"{after['name']} comes after {before['name']}, and is seen above it")
    found += [f"nothing shows that {stop['name']} has the focus" for stop in stops if not stop["seen"]]
    found += [f"{stop['name']} is covered when it has the focus" for stop in stops if stop["covered"]]
    return found


def _names_and_headings(page: Page) -> list[str]:
    """As a screen reader is told them."""
    session: CDPSession = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    heard = [
        (node["role"]["value"], node.get("name", {}).get("value", "").strip(), node)
        for node in _in_order({node["nodeId"]: node for node in nodes}, nodes[0])
        if not node["ignored"]
    ]
    found = [f"a {role} without a name" for role, name, _node in heard if role in NEEDS_A_NAME and not name]
    levels = [
        next(each["value"]["value"] for each in node["properties"] if each["name"] == "level")
        for role, _name, node in heard
        if role == "heading"
    ]
    if levels.count(1) != 1:
        found.append(f"{levels.count(1)} headings of the first level")
    skipped = [f"{after} after {before}" for before, after in pairwise(levels) if after > before + 1]
    if levels[:1] != [1] and not page.locator(".problem").count():  # an error's own heading comes first
        skipped.append(f"{levels[:1]} first")
    return [*found, *(f"headings: {each}" for each in skipped)]


def _in_order(nodes: dict[str, dict[str, Any]], node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("childIds", ()):
        if child in nodes:
            yield from _in_order(nodes, nodes[child])
