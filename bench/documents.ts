import type { PeerDocuments } from './peers/peer.ts';

const LISTED = 'id title severity status occurrenceCount firstSeenAt lastSeenAt';

/** What the product is asked. */
export const PRODUCT: PeerDocuments = {
  point: `query Point($id: UUID!) {
  defect(id: $id) { ${LISTED} errorType version test { id name suite } project { id name slug } }
}`,
  list: `query List($severity: Severity!, $after: Cursor) {
  defects(condition: { status: OPEN, severity: $severity }, orderBy: [LAST_SEEN_AT_DESC], first: 20, after: $after) {
    nodes { ${LISTED} test { id name } project { id name } assignee { id name } }
    pageInfo { hasNextPage endCursor }
  }
}`,
  dashboard: `query Dashboard {
  trend(days: 30) { day severity opened resolved occurrences }
  projectSummaries(first: 20) {
    nodes { id name openCriticalDefects openHighDefects openMediumDefects openLowDefects totalDeployments openMaintenanceRequests }
  }
  flakiestTests(first: 10) { nodes { id name suite flakiness { score } } }
}`,
  update: `mutation Update($id: UUID!, $status: DefectStatus!) {
  updateDefect(input: { id: $id, patch: { status: $status } }) { defect { id status version updatedAt } }
}`,
};

/** A document with its variables written into it, as a careless client does: UUIDs, enum values and nothing else. */
export function inlined(document: string, variables: Readonly<Record<string, string>>): string {
  const isName = (value: string) => /^[A-Z_]+$/.test(value);
  return document.replace(/\(\$[^)]*\) \{/, '{').replace(/\$(\w+)/g, (_all, name: string) => {
    const value = variables[name];
    if (value === undefined) return 'null';
    return isName(value) ? value : JSON.stringify(value);
  });
}
