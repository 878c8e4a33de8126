//! The one style of the file, and the policy that allows nothing else.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// The styles, for light and dark, narrow and wide, and paper.
pub(super) const CSS: &str = "\
:root{color-scheme:light dark;--bg:#fff;--fg:#1b2430;--mu:#586273;--ln:#d8dee7;--card:#f5f7fa;--a:#2667a8;--b:#b87503;--c:#8d3f93;--d:#7b8494;--ok:#2f7d4f;--bad:#b3261e}\
@media(prefers-color-scheme:dark){:root{--bg:#12161c;--fg:#e7eaf0;--mu:#a6afbd;--ln:#2d3642;--card:#1a2029;--a:#6ba9ea;--b:#e2a43c;--c:#cb90d2;--d:#8d97a8;--ok:#63bd85;--bad:#f2867d}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}\
main,footer{max-width:1000px;margin:0 auto;padding:16px 20px}\
h1{font-size:24px;line-height:1.25;margin:16px 0 4px}h2{font-size:18px;margin:0 0 4px}h3{font-size:15px;margin:20px 0 4px}p{margin:4px 0 8px}\
.muted{color:var(--mu);font-weight:400}footer{font-size:13px}\
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:16px 0}\
.tiles div{background:var(--card);border:1px solid var(--ln);border-radius:8px;padding:10px 12px}\
dt{color:var(--mu);font-size:13px}dd{margin:0;font-size:20px;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}dd.muted{font-size:12px;line-height:1.35}\
figure,section{margin:32px 0}\
.legend{font-size:13px;margin:0 0 8px}.legend span{margin-right:14px;white-space:nowrap}.legend i{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:5px;background:currentColor}\
svg{display:block;width:100%;height:auto;overflow:visible}svg text{font-size:110px;fill:var(--mu);dominant-baseline:central}.e{text-anchor:end}.m{text-anchor:middle}\
path{fill:none}.g{stroke:var(--ln);stroke-width:8}\
.a{color:var(--a)}.b{color:var(--b)}.c{color:var(--c)}.d,.p{color:var(--d)}.f{color:var(--ok)}.s{color:var(--b)}.x{color:var(--bad)}\
path.a,path.b,path.c,path.d{stroke:currentColor}rect{fill:currentColor}\
.scroll,.eq{overflow-x:auto}.eq{display:block;white-space:pre}\
details{margin-top:8px}summary{cursor:pointer;color:var(--mu);font-size:13px}\
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;min-width:50%}caption{text-align:left;color:var(--mu);padding:4px 0}\
th,td{padding:3px 12px 3px 0;text-align:right;border-bottom:1px solid var(--ln);white-space:nowrap;vertical-align:top}th:first-child,.t{text-align:left}td:last-child.t{white-space:normal;min-width:160px}th{font-weight:500}thead th{color:var(--mu)}\
pre{background:var(--card);border:1px solid var(--ln);border-radius:8px;padding:10px 12px;font:12px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}\
.error{color:var(--bad)}.warning{color:var(--b)}.info{color:var(--mu)}h3 .warning{color:color-mix(in srgb,var(--b) 80%,var(--fg))}\
:focus-visible{outline:2px solid var(--a);outline-offset:2px}\
@media(max-width:700px){svg text{font-size:150px}}@media(max-width:500px){svg text{font-size:210px}.k{transform:translateY(80px)}.o{display:none}}\
@media print{:root{--bg:#fff;--fg:#000;--mu:#444;--ln:#bbb;--card:#fff;--a:#2667a8;--b:#b87503;--c:#8d3f93;--d:#7b8494;--ok:#2f7d4f;--bad:#b3261e}body{font-size:11pt}main,footer{max-width:none;padding:0}figure,pre,.tiles,tr{break-inside:avoid}h2,h3{break-after:avoid}summary{display:none}.scroll,.eq{overflow:visible}table{font-size:8pt}th,td{padding-right:7px}td:last-child.t{min-width:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

/// The content security policy: nothing but these styles.
pub(super) fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(CSS));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}
