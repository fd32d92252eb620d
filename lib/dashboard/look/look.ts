import charts from "./charts.css" with { type: "text" };
import colours from "./colours.css" with { type: "text" };
import forms from "./forms.css" with { type: "text" };
import ground from "./ground.css" with { type: "text" };
import header from "./header.css" with { type: "text" };
import narrow from "./narrow.css" with { type: "text" };
import notices from "./notices.css" with { type: "text" };
import numbers from "./numbers.css" with { type: "text" };
import paper from "./paper.css" with { type: "text" };
import records from "./records.css" with { type: "text" };
import report from "./report.css" with { type: "text" };
import sections from "./sections.css" with { type: "text" };
import tables from "./tables.css" with { type: "text" };
import tape from "./tape.css" with { type: "text" };
import tones from "./tones.css" with { type: "text" };

/** The colours of the site, light and dark, as variables. */
export const COLOURS: string = colours;

/** The stylesheet of the site. What comes later wins: narrow screens over all pages, paper over all screens. */
export const SITE_STYLE: string = [
  ...[
    colours,
    tones,
    ground,
    header,
    forms,
    notices,
    sections,
    numbers,
    tables,
    charts,
    tape,
    records,
  ],
  ...[narrow, paper],
].join("\n");

/** That of a report to be mailed, which is made of pages of the site. */
export const REPORT_STYLE: string = [SITE_STYLE, report].join("\n");
