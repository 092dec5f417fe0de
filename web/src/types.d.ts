// What the program's HTTP API answers. Only the type checker reads this file.

export interface Figure { people: number | null; low: number | null; high: number | null }
export interface Interval { low: number; high: number }

export interface Column { name: string; values?: string[] | null; numeric: boolean }
export interface Board { ready: boolean; phase?: string | null; done?: number | null; total?: number | null; people_drawn?: number | null; error?: string | null }
export interface Network {
  name: string; engine: string; checksum: string; seed: number;
  accounts: number; follows: number; interactions: number; posts: number;
  creators: number; listed: boolean; currency: string | null; personal: boolean; spread: boolean;
  assumptions: string[]; columns: Column[];
  uses: { status: string; figure: string; how: string }[];
  tools: { able: boolean; what: string; how: string }[];
  board: Board; map: { ready: boolean; error?: string | null };
}

export interface Match { id: string; name: string | null; followers: number | null; tier: string; niche: string | null; on_board: boolean }
export interface Creator {
  id: string; name: string | null; followers: number | null; tier: string; niche: string | null; platform: string | null;
  attributes: Record<string, string | number>; price: number | null; currency: string | null;
  reach: Figure | null; per_person: number | null;
}
export interface CreatorPage extends Creator { following: number; interactions?: Record<string, number>; direct?: number | null; beyond?: number | null; board?: boolean; on_board?: boolean }
export interface CreatorRows { total: number; offset: number; rows: Creator[] }

export interface Member { id: string; price: number | null; followers: number | null; alone: Figure; added: Figure; only: Figure; credit: Figure }
export interface PortfolioResult {
  reach: Figure; simulation: Interval | null; status: string; direct: number | null; beyond: number | null;
  followers: number | null; summed: number | null; cost: number | null; unpriced: string[]; currency: string | null;
  per_person: number | null; people_drawn: number; members: Member[];
}

export type Row = Record<string, string | number | boolean | null>;
export interface TableColumn { key: string; title: string; unit: string; about: string; range: boolean }
export interface Table {
  schema: string; columns: TableColumn[]; rows: Row[]; notes: string[]; assumptions: string[];
  summary: Record<string, unknown>; picture: string | null;
}
export interface VerbResult { tables: Table[]; notes: string[]; text: string; unmet: string | null }

/** `size` is the number of creators, or the budget where the creators are not told. */
export interface Point { size: number; cost: number | null; reach: Figure; creators?: string[]; knee: boolean }
export interface Frontier { by: 'money' | 'count'; currency: string | null; points: Point[]; plan: Record<string, unknown>; notes: string[]; assumptions: string[]; unmet?: string | null }
export interface ReportMade { html?: string; bytes: number }

export interface Job {
  id: string; kind: string; state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  phase: string | null; done: number; total: number | null; seconds: number;
  error: string | null; hint: string | null; result?: unknown;
}

export interface CreatorMap {
  creators: { id: string; name?: string | null; x: number; y: number; followers: number | null; tier: string; niche: string | null; community: number }[];
  links: [number, number, number][];
  communities: { id?: number; creators: number; label: string; top: string[] }[];
  note: string;
}

/** What every view is given. */
export interface Context { network: Network; signal: AbortSignal; query: URLSearchParams; rest: string }

/** What an element can be given to hold. */
export type Child = Node | string | number | null | undefined | false | Child[];
