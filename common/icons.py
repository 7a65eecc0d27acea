"""The one icon set and the brand mark.

`ICONS` holds only what goes inside the `<svg>`; every icon is drawn on a 24 grid with this wrapper:

    <svg class="icon" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor"
     stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">…</svg>

An icon always stands next to words. Width and height keep the page usable with no CSS.
`MARK_SVG` takes its color from `currentColor`; its veins show the ground (`--card`).
"""

from common.colors import variable

ICONS: dict[str, str] = {
    "phone": (
        '<path d="M5.4 3.5h3.1l1.9 4.7-2.2 1.8a13 13 0 0 0 5.8 5.8l1.8-2.2 4.7 1.9v3.1'
        'a2 2 0 0 1-2.2 2A16.9 16.9 0 0 1 3.4 5.7a2 2 0 0 1 2-2.2Z"/>'
    ),
    "pin": (
        '<path d="M12 21.5C8.2 17.3 5 13.7 5 10a7 7 0 0 1 14 0c0 3.7-3.2 7.3-7 11.5Z"/>'
        '<circle cx="12" cy="10" r="2.5"/>'
    ),
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.2 2"/>',
    "calendar": '<path d="M4 5.5h16v15H4ZM4 10h16M8.5 3v4.5M15.5 3v4.5"/>',
    "warning": '<path d="M12 3.8 21.6 20.2H2.4ZM12 10v4.5M12 17.3v.01"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11.2v5.3M12 7.7v.01"/>',
    "check": '<path d="m4 12.8 5 5L20 6.5"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "arrow-right": '<path d="M4 12h16M14 6l6 6-6 6"/>',
    "chevron": '<path d="m6 9 6 6 6-6"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "print": '<path d="M7 8.5v-5h10v5M7 17H3.5V8.5h17V17H17M7 14h10v6.5H7Z"/>',
    "mail": '<path d="M3 5.5h18v13H3ZM3.5 7l8.5 6.5L20.5 7"/>',
    "swap": '<path d="M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4"/>',
    "user": '<circle cx="12" cy="8" r="4.2"/><path d="M4.5 20.5a7.5 7.5 0 0 1 15 0"/>',
    "note": '<path d="M5.5 3.5h9l4 4v13h-13ZM14 3.5V8h4.5M9 12.5h6M9 16.5h4"/>',
}

MARK_SVG = (
    '<svg class="mark" width="46" height="46" viewBox="1 2 42 47" fill="currentColor" aria-hidden="true">'
    '<path d="M18 47.5C11.5 42.5 7 33 8.5 24.5 10 17 17.5 14.5 24.5 15.5 32.5 16.5 37.5 22 35.5 28.5'
    ' 33.8 34 28.5 34.5 26.5 39 25 42.5 22.5 45.5 18 47.5Z"/>'
    '<circle cx="34.5" cy="10.5" r="4.9"/><circle cx="25" cy="8" r="3.4"/><circle cx="17.3" cy="8.8" r="2.8"/>'
    '<circle cx="10.9" cy="12" r="2.4"/><circle cx="6" cy="17" r="2"/>'
    f'<path fill="none" stroke="{variable("card")}" stroke-width="1.8" stroke-linecap="round"'
    ' d="M18.3 45C18.5 37 20 30 24 22.5M19.8 34.5L27 29M19.5 36L13.5 31"/></svg>'
)
