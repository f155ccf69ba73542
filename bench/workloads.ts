import type { BaseRole } from '../src/database/identity.ts';
import type { DataOrganization, DataSet } from './data/data-set.ts';
import { SEED } from './data/identity.ts';
import { type Random, seeded } from './data/random.ts';
import { inlined } from './documents.ts';
import { CURSOR, type Script } from './load/closed-loop.ts';
import type { PeerDocuments as Documents } from './peers/peer.ts';

/** The roles that a workload is asked as: those who may. Analysts read masked defects only, so they are asked for dashboards. */
const READERS: readonly BaseRole[] = ['admin', 'developer', 'engineer', 'auditor', 'member', 'ci'];
const DASHBOARDS: readonly BaseRole[] = ['admin', 'developer', 'engineer', 'auditor', 'analyst', 'member'];
const WRITERS: readonly BaseRole[] = ['admin', 'developer', 'engineer'];
const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'];
const STATUSES = ['OPEN', 'IN_PROGRESS', 'TRIAGED'];
const SCRIPTS = 2_000;

export type Workload = 'w1' | 'w2' | 'w3' | 'w5' | 'w6';

/** Makes what clients ask, the same for each server: organizations by how many defects they have, roles and rows at random. */
export class Workloads {
  readonly #data: DataSet;
  readonly #tokens = new Map<string, Promise<string>>();
  #random: Random = seeded(SEED);

  constructor(data: DataSet) {
    this.#data = data;
  }

  /** A list of requests, which is asked from its beginning again when it is over. */
  async of(workload: Workload, documents: Documents): Promise<Script[]> {
    // The same for each server that is asked.
    this.#random = seeded(`${SEED}/${workload}`);
    const scripts: Script[] = [];
    for (let n = 0; n < SCRIPTS; n += 1) scripts.push(await this.#one(workload, documents));
    return scripts;
  }

  /** W1 with the id written into the text: each text once, in random order. */
  async unseen(documents: Documents, ids: ReadonlyMap<DataOrganization, readonly string[]>): Promise<Script[]> {
    const scripts: Script[] = [];
    for (const [organization, own] of ids) {
      const token = await this.#token(organization, 'developer');
      for (const id of own) scripts.push({ token, body: JSON.stringify({ query: inlined(documents.point, { id }) }), expect: id });
    }
    const random = seeded(`${SEED}/unseen`);
    const order = scripts.map((script) => ({ script, at: random.number() }));
    return order.sort((one, other) => one.at - other.at).map(({ script }) => script);
  }

  #one(workload: Workload, documents: Documents): Promise<Script> {
    if (workload === 'w1') return this.#point(documents);
    if (workload === 'w2') return this.#list(documents);
    if (workload === 'w3') return this.#dashboard(documents);
    if (workload === 'w5') return this.#update(documents);
    // W6: 90 % W1 and W2, 5 % W3, 5 % W5.
    const drawn = this.#random.number();
    if (drawn < 0.9) return drawn < 0.45 ? this.#point(documents) : this.#list(documents);
    return drawn < 0.95 ? this.#dashboard(documents) : this.#update(documents);
  }

  async #point(documents: Documents): Promise<Script> {
    const organization = this.#organization();
    const id = this.#random.pick(organization.sampleDefectIds);
    return { token: await this.#token(organization, this.#random.pick(READERS)), body: body(documents.point, { id }), expect: id };
  }

  async #list(documents: Documents): Promise<Script> {
    const severity = this.#random.pick(SEVERITIES);
    return {
      token: await this.#token(this.#organization(), this.#random.pick(READERS)),
      body: body(documents.list, { severity, after: null }),
      expect: '"nodes":[',
      next: body(documents.list, { severity, after: CURSOR }),
    };
  }

  async #dashboard(documents: Documents): Promise<Script> {
    return {
      token: await this.#token(this.#organization(), this.#random.pick(DASHBOARDS)),
      body: body(documents.dashboard, {}),
      expect: '"trend":[',
    };
  }

  async #update(documents: Documents): Promise<Script> {
    const organization = this.#organization();
    const id = this.#random.pick(organization.sampleDefectIds);
    const token = await this.#token(organization, this.#random.pick(WRITERS));
    const [first, ...or] = STATUSES.map((status) => body(documents.update, { id, status })) as [string, ...string[]];
    return { token, body: first, or, expect: id };
  }

  /** One with defects, each as likely as it has many. */
  #organization(): DataOrganization {
    let drawn = this.#random.number();
    for (const organization of this.#data.organizations) {
      drawn -= organization.weight;
      if (drawn < 0 && organization.sampleDefectIds.length > 0) return organization;
    }
    return this.#data.organizations[0] as DataOrganization;
  }

  #token(organization: DataOrganization, role: BaseRole): Promise<string> {
    const name = `${organization.id} ${role}`;
    const known = this.#tokens.get(name) ?? this.#data.token(organization.principals[role]);
    this.#tokens.set(name, known);
    return known;
  }
}

function body(query: string, variables: Readonly<Record<string, string | null>>): string {
  return JSON.stringify({ query, variables });
}
