import { testWorlds } from "./live_and_judge.ts";

// Chosen so that each has something of its own: merges, outages, late rows, missing events, pages of 16 leads.
testWorlds([1, 2, 3, 4]);
