/** The parts of a run, in the order in which they are measured. */
export const PART_NAMES = ['clients', 'throughput', 'delayed', 'row-security', 'ingest', 'agent', 'start', 'subscribers'] as const;
export type PartName = (typeof PART_NAMES)[number];
