import { inject } from 'vitest';
import { useComparedStatements } from '../support/compared-statements.ts';
import { useDatabase } from '../support/database.ts';
import { describeEveryList } from './every-list.ts';
import { useExplainedServers } from './explained-servers.ts';
import { describeOperations } from './operations.ts';
import { fillDatabase } from './volume.ts';

const fixture = inject('fixture');
useComparedStatements();
const database = useDatabase();
const explain = useExplainedServers(database, () => fillDatabase(database, fixture));

describeOperations(database, explain);

describeEveryList(database, explain);
