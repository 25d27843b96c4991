// Composes every graph under a folder, from its subgraphs/*.graphql into its supergraph.graphql: node graphs.mjs FOLDER [--check]
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

const [folder, flag] = process.argv.slice(2);
let failed = false;
for (const graph of readdirSync(folder).sort()) {
  const subgraphs = join(folder, graph, 'subgraphs');
  if (!existsSync(subgraphs)) continue;
  const services = readdirSync(subgraphs).sort().map((file) => {
    const name = basename(file, '.graphql');
    return { name, url: `http://${name}.invalid/graphql`, typeDefs: parse(readFileSync(join(subgraphs, file), 'utf8')) };
  });
  const result = composeServices(services);
  if (result.errors) {
    failed = true;
    for (const error of result.errors) console.error(`${graph}: ${error.message}`);
    continue;
  }
  const file = join(folder, graph, 'supergraph.graphql');
  const text = `${result.supergraphSdl.trim()}\n`;
  if (flag !== '--check') writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    failed = true;
    console.error(`${graph}: supergraph.graphql is not what its subgraphs compose to: run cargo xtask schema and commit`);
  }
}
process.exit(failed ? 1 : 0);
