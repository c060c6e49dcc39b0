"""The style sheet of a dossier's page: light, dark, narrow and printed."""

STYLE = """
:root{color-scheme:light dark;--bg:#fff;--ink:#1b1f24;--soft:#59636e;--line:#d6dbe1;--wash:#f4f6f8;--link:#0b5cad;--mark:#ffe9a8;
--q1:#56b4e9;--q2:#0072b2;--q3:#e69f00;--q4:#c8501a;--even:#7a828c}
@media (prefers-color-scheme:dark){:root{--bg:#12161b;--ink:#e6e9ed;--soft:#a3adb8;--line:#333b45;--wash:#1b2128;--link:#7ab8f5;--mark:#5c4a08;
--q1:#9ad4f6;--q2:#3f9be0;--q3:#f3bd4f;--q4:#ee7a4a;--even:#98a2ad}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,main,footer{max-width:68rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.25rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .35rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2.6rem 0 .6rem;padding-top:.9rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.4rem 0 .4rem}
p{margin:.5rem 0;max-width:46rem}
.lead{color:var(--soft);margin:0}
.note{color:var(--soft);font-size:.9rem}
a{color:var(--link)}
nav{margin:1.1rem 0 0;font-size:.92rem;display:flex;flex-wrap:wrap;gap:.2rem 1rem}
nav a{padding:.15rem 0}
.id{font:.78em/1.3 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--soft);user-select:all;overflow-wrap:anywhere;text-decoration-color:var(--line)}
.wide{overflow-x:auto;margin:.6rem 0}
.wide svg{min-width:42rem}
svg{display:block;width:100%;height:auto;font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
svg.network,svg.map{max-width:50rem}
svg text{fill:var(--ink)}svg .small{font-size:12px;fill:var(--soft)}svg .strong{font-weight:600;fill:var(--ink)}
svg .halo{paint-order:stroke;stroke:var(--bg);stroke-width:4px;stroke-linejoin:round}
.grid{stroke:var(--line);stroke-width:1}.axis{stroke:var(--soft);stroke-width:1}
.shift{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:5 4}
line.mark{stroke:var(--soft);stroke-width:1}circle.mark{fill:var(--ink)}svg text.mark{fill:var(--bg);font-size:11px;font-weight:700}
.q1{fill:var(--q1);background:var(--q1)}.q2{fill:var(--q2);background:var(--q2)}.q3{fill:var(--q3);background:var(--q3)}.q4{fill:var(--q4);background:var(--q4)}
.tie{fill:none;opacity:.85}.s1{stroke:var(--q1);stroke-dasharray:7 4}.s2{stroke:var(--q2)}.s3{stroke:var(--q3);stroke-dasharray:7 4}.s4{stroke:var(--q4)}
.land{fill:var(--wash);stroke:var(--line);stroke-width:1;stroke-linejoin:round;fill-rule:evenodd}.party{fill:var(--ink)}.node{fill:var(--soft)}.spot{stroke:var(--bg);stroke-width:1.5;fill-opacity:.85}.even{fill:var(--even)}
.key{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;list-style:none;padding:0;margin:.6rem 0;font-size:.88rem;color:var(--soft)}
.key span{display:inline-block;width:.85rem;height:.85rem;margin-right:.4rem;vertical-align:-.08rem;border-radius:2px}
.key .even{background:var(--even)}
table{border-collapse:collapse;width:100%;font-size:.92rem;margin:.6rem 0}
caption{text-align:left;color:var(--soft);font-size:.88rem;padding-bottom:.3rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line);overflow-wrap:break-word}
th{font-weight:600;color:var(--soft);font-size:.85rem}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.d{white-space:nowrap}td.d .to{display:block}
tr.group td{padding-top:1rem;font-weight:600}
table.fig{max-width:46rem}.whole{fill-opacity:.25;stroke:var(--soft);stroke-dasharray:3 2}
td .id{display:inline-block}
.bar{display:inline-block;height:.6rem;border-radius:2px;background:var(--soft);vertical-align:.02rem;min-width:1px}
.tag{display:inline-block;font-size:.78rem;line-height:1.35;border:1px solid var(--line);border-radius:3px;padding:0 .4rem;color:var(--soft);white-space:nowrap}
.tag.o-kept{color:var(--q2);border-color:currentColor}.tag.o-broken,.tag.o-refused,.tag.o-overdue,.tag.denied{color:var(--q4);border-color:currentColor}
blockquote{margin:.35rem 0;padding:0 0 0 .8rem;border-left:3px solid var(--line);max-width:46rem;overflow-wrap:anywhere}
mark{background:var(--mark);color:inherit;padding:0 .1em;border-radius:2px;font-weight:600}
.src{color:var(--soft);font-size:.86rem;margin:.1rem 0 .9rem;overflow-wrap:anywhere}
.two{display:grid;grid-template-columns:1fr 1fr;gap:0 1.6rem}
.two h4{margin:.4rem 0 .2rem;font-size:.9rem;color:var(--soft)}
ol.marks{padding-left:1.4rem;font-size:.93rem}ol.marks li{margin:.15rem 0}
details{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:.45rem 0 .45rem 1.1rem;position:relative;list-style:none;overflow-wrap:anywhere}
summary::-webkit-details-marker{display:none}
summary::before{content:"";position:absolute;left:0;top:.95rem;border:.3rem solid transparent;border-left-color:var(--soft)}
details[open]>summary::before{transform:rotate(90deg) translate(.1rem,.12rem)}
summary:focus-visible,a:focus-visible,.wide:focus-visible{outline:2px solid var(--link);outline-offset:2px}
summary .when{display:inline-block;min-width:6.2rem;color:var(--soft);font-variant-numeric:tabular-nums;margin-right:.5rem}
.stripe{display:inline-block;width:.6rem;height:.6rem;border-radius:2px;margin-right:.45rem}
details:target>summary{background:var(--wash)}
.in{padding:.1rem 0 .6rem 1.1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .9rem;font-size:.9rem;margin:.2rem 0 .8rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
footer{margin-top:3rem;padding-bottom:2.5rem;color:var(--soft);font-size:.86rem}
@media (max-width:44rem){
header{padding-top:1.4rem}h1{font-size:1.5rem}.two{grid-template-columns:1fr}
table.cards,table.cards tbody,table.cards tr,table.cards td{display:block}
table.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.cards tr{border-bottom:1px solid var(--line);padding:.5rem 0}
table.cards td,table.cards td.n{border:0;padding:.08rem 0 .08rem 6.6rem;text-align:left;white-space:normal;min-height:1.3rem;position:relative}
table.cards td::before{content:attr(data-label);position:absolute;left:0;width:6.2rem;color:var(--soft);font-size:.82rem;overflow-wrap:normal}
table.cards td:empty{display:none}table.cards tr.group{border:0;padding-bottom:0}table.cards tr.group td{padding-left:0}td.d .to{display:inline}
th,td{padding-right:.45rem}
dl{grid-template-columns:1fr}dt{margin-top:.3rem}
summary .when{display:block}}
@media print{
:root{--bg:#fff;--ink:#000;--soft:#444;--line:#bbb;--wash:#fff;--link:#000;--mark:#eee;--q1:#56b4e9;--q2:#0072b2;--q3:#e69f00;--q4:#c8501a}
body{font-size:10pt}header,main,footer{max-width:none;padding:0}nav{display:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
details::details-content{content-visibility:visible;block-size:auto;display:block}
details,tr,blockquote,svg{break-inside:avoid}h2,h3,summary{break-after:avoid}
.wide{overflow:visible}.wide svg{min-width:0}summary::before{display:none}summary,.in{padding-left:0}mark{text-decoration:underline}
a{text-decoration:none}}
"""
