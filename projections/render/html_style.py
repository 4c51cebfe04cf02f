"""The style sheet of an HTML report: light and dark, narrow and wide, screen and paper."""

from __future__ import annotations

from typing import Final

from projections.engine.table import Paper
from projections.render.charts.paint import STYLE

_LIGHT: Final = (
    "--ink:#1a1d21;--soft:#4d545c;--line:#d3d8dd;--ground:#fff;--panel:#f3f5f7;--accent:#0b5cad;"
    "--c0:#0072b2;--c1:#e69f00;--c2:#d55e00;--c3:#8d939c;--c4:#009e73;--c5:#b0559b"
)
_DARK: Final = (
    "--ink:#e9ecef;--soft:#b4bcc5;--line:#3a4149;--ground:#15181c;--panel:#1e2329;--accent:#8cc2ff;"
    "--c0:#4aa8e0;--c1:#f0b429;--c2:#f07f3c;--c3:#8a929c;--c4:#2cc295;--c5:#d98cc9"
)

_SIZES: Final[dict[Paper, str]] = {"a4": "A4", "letter": "letter"}


def page(paper: Paper) -> str:
    """The rule of the page on paper."""
    return f"@page{{size:{_SIZES[paper]} landscape;margin:12mm}}"


SHEET: Final = f"""
:root{{color-scheme:light dark;{_LIGHT}}}
@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}
*{{box-sizing:border-box}}
body{{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}}
header,main,footer{{max-width:100rem;margin:0 auto;padding:0 clamp(1rem,3vw,3rem)}}
header{{padding-top:1.2rem}}
h1{{font-size:clamp(1.5rem,1.1rem + 1.6vw,2.3rem);line-height:1.15;margin:.2rem 0 .4rem;letter-spacing:-.015em;text-wrap:balance}}
h2{{font-size:1.2rem;line-height:1.3;margin:2.6rem 0 .7rem;padding-top:.6rem;border-top:1px solid var(--line)}}
p,li,dd{{max-width:46rem;overflow-wrap:anywhere}}
a{{color:var(--accent)}}
:focus-visible{{outline:3px solid var(--accent);outline-offset:2px}}
code,pre{{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}}
pre{{background:var(--panel);padding:.8rem 1rem;border-radius:.3rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.6rem 0}}
.skip{{position:absolute;left:-99rem}}
.skip:focus{{left:1rem;top:1rem;z-index:9;background:var(--ground);padding:.5rem 1rem}}
.over{{margin:0;color:var(--soft)}}
.lead{{font-size:1.2rem;line-height:1.4;max-width:64rem;margin:.2rem 0}}
.tiles{{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.6rem;max-width:64rem;margin:1rem 0}}
.tiles div{{background:var(--panel);border:1px solid var(--line);border-radius:.3rem;padding:.45rem .8rem}}
.tiles dt{{font-size:.86rem;line-height:1.3}}
.tiles dd{{font-size:1.15rem;line-height:1.4;font-weight:600;font-variant-numeric:tabular-nums}}
.asked{{color:var(--soft);margin:.2rem 0}}
nav ul{{list-style:none;margin:.7rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1.4rem}}
figure{{margin:1rem 0 1.5rem;max-width:64rem}}
figure div{{overflow-x:auto;border:1px solid var(--line);border-radius:.3rem}}
figcaption{{margin-top:.5rem;max-width:46rem;color:var(--soft)}}
svg.picture{{display:block;width:100%;min-width:42rem;height:auto}}
{STYLE}
header p{{max-width:none}}
.scroll{{overflow:auto;max-height:min(85vh,60rem);border:1px solid var(--line);border-radius:.3rem}}
.scroll.whole{{max-height:none}}
#all-columns{{width:1.1rem;height:1.1rem;vertical-align:-.15rem;margin:0 .5rem .7rem 0}}
.parts{{display:none}}
table{{border-collapse:separate;border-spacing:0;font-size:.86rem;line-height:1.35;font-variant-numeric:tabular-nums lining-nums}}
caption{{text-align:left;padding:.5rem 1ch;color:var(--soft);position:sticky;left:0;max-width:90vw}}
th,td{{padding:.34rem 1ch;vertical-align:top;text-align:right;overflow-wrap:anywhere;border-bottom:1px solid var(--line)}}
th{{font-weight:600}}
.t,th[scope=row]{{text-align:left}}
table.rows{{table-layout:fixed;min-width:100%}}
table.rows thead th{{background:var(--panel);position:sticky;top:0;z-index:2;vertical-align:bottom;overflow-wrap:break-word}}
table.rows thead tr:nth-child(2) th{{top:1.95rem}}
table.rows thead th.u{{height:1.95rem;text-align:left;font-weight:400;color:var(--soft);border-left:1px solid var(--line);white-space:nowrap;overflow:hidden}}
table.rows tbody th{{background:var(--ground);font-weight:400}}
table.rows tbody tr.fleet>*{{border-bottom-color:var(--soft)}}
table.rows tbody tr.fleet>*,table.rows tbody tr.site>*{{background:var(--panel)}}
table.rows tbody tr.fleet>th,table.rows tbody tr.site>th{{font-weight:600}}
table.rows td:not(.t){{white-space:nowrap}}
table.rows tbody tr:hover>*{{background:color-mix(in srgb,var(--accent) 12%,var(--ground))}}
table.rows td[data-x]:hover{{position:relative}}
table.rows td[data-x]:hover::after{{position:absolute;right:0;top:100%;z-index:3;padding:.1rem .5rem;background:var(--ink);color:var(--ground);border-radius:.2rem;white-space:nowrap;pointer-events:none}}
table.rows td a{{color:inherit;text-decoration:underline dotted;text-underline-offset:.2em}}
summary{{cursor:pointer;padding:.3rem 0}}
.why{{padding:.2rem 0 .8rem 1.2rem;border-left:3px solid var(--line);margin:.4rem 0;scroll-margin-top:1rem}}
.why:target{{border-left-color:var(--accent)}}
h3{{font-size:1rem;margin:.2rem 0}}
.meanings{{width:100%;max-width:70rem}}
.meanings td,.meanings th{{text-align:left}}
dl{{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.3rem 1.5rem;margin:.6rem 0}}
dt{{color:var(--soft)}}
dd{{margin:0;max-width:60rem}}
footer{{margin-top:3rem;padding-bottom:2rem;color:var(--soft);font-size:.86rem}}
@media (max-width:45rem){{dl:not(.tiles){{grid-template-columns:1fr}}dl:not(.tiles) dd{{margin-bottom:.5rem}}}}
@media print{{
:root{{color-scheme:light;{_LIGHT}}}
body{{font-size:9.5pt}}
header,main,footer{{max-width:none;padding:0}}
nav,.skip,.screen{{display:none}}
h2{{break-after:avoid}}
figure,pre,dl>*{{break-inside:avoid}}
figure{{max-width:none}}
svg.picture{{min-width:0;max-height:165mm}}
#pictures svg.picture{{max-height:80mm}}
.scroll,figure div{{overflow:visible;max-height:none;border:0}}
table.rows{{width:100%!important;min-width:0;table-layout:auto;margin-bottom:5mm}}
table.rows col{{width:auto!important}}
.parts{{display:block}}
.parts table+table{{break-before:page}}
.scroll.split{{display:none}}
table.rows th,table.rows td{{position:static!important;padding:.15rem .7ch}}
table.rows thead{{display:table-header-group}}
table.rows tr{{break-inside:avoid}}
*{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
}}
""".strip()
