"""How the HTML report looks: colours for light, dark and print; one column on a phone. Contains no I/O."""

CSS = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#5b6570;--line:#d9dee4;--card:#f6f8fa;
--signal:#2f6fd0;--other:#c9741a;--deal:#8a94a0;--good:#1f7a3f;--bad:#b3261e;--warn:#9a6700;--heat:47,111,208}
@media (prefers-color-scheme:dark){:root{--bg:#12161b;--fg:#e6eaef;--soft:#9aa5b1;--line:#2d353e;--card:#1a2027;
--signal:#6ea4ff;--other:#f0a04b;--deal:#7d8894;--good:#58c07d;--bad:#ff8a80;--warn:#e3b341;--heat:110,164,255}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1060px;padding:20px 16px 48px;background:var(--bg);color:var(--fg);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:0}h2{font-size:1.12rem;margin:36px 0 10px}
p{margin:6px 0}.soft{color:var(--soft)}a{color:var(--signal)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:10px;margin:18px 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
.tile b{display:block;font-size:1.45rem;line-height:1.2;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:break-word}
tr:last-child>td,tr:last-child>th{border-bottom:0}thead th{color:var(--soft);font-weight:600;white-space:nowrap}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.d{white-space:nowrap}
td.h{text-align:center;font-variant-numeric:tabular-nums}
.h1{background:rgba(var(--heat),.14)}.h2{background:rgba(var(--heat),.28)}.h3{background:rgba(var(--heat),.46)}
svg{display:block;width:100%;height:auto}.chart{min-width:760px;padding:6px}td svg{min-width:130px}
svg text{fill:var(--soft);font-size:12px;font-family:inherit}svg text.name{fill:var(--fg);font-weight:600}
.grid{stroke:var(--line);stroke-width:1}.lane{stroke:var(--line);stroke-width:2}
.signal{fill:var(--signal)}.other{fill:var(--other)}.deal{fill:var(--deal)}
.step{stroke:var(--signal);stroke-width:2;fill:var(--bg)}.step.sure{fill:var(--signal)}.due{fill:var(--other)}
.seen{fill:var(--good)}.blind{fill:var(--bad)}.gap{fill:var(--warn)}.back{fill:var(--line)}
.key{display:inline-block;margin-right:14px}.key svg{display:inline-block;width:11px;height:11px;vertical-align:-1px}
.tag{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:0 8px;font-size:.8rem;white-space:nowrap}
.tag.good{color:var(--good)}.tag.bad{color:var(--bad)}.tag.warn{color:var(--warn)}
footer{margin-top:40px;font-size:.85rem;color:var(--soft)}
@media (max-width:560px){th,td{padding:5px 7px}.opt{display:none}}
@media print{:root{--bg:#fff;--fg:#000;--soft:#444;--line:#bbb;--card:#fff}body{max-width:none;padding:0;font-size:11pt}
.wide{overflow:visible;border:0}.chart{min-width:0}h2{break-after:avoid}tr,.tile,svg{break-inside:avoid}a{color:inherit}}
"""
