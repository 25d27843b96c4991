// Composes subgraph files into a supergraph: node compose.mjs SUPERGRAPH.graphql PUBLIC.graphql SUBGRAPH.graphql...
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

const [supergraph, publicSchema, ...files] = process.argv.slice(2);
const services = files.map((file) => {
  const name = basename(file, '.graphql');
  // Where a subgraph listens is the deployment's choice (gateway --subgraph NAME=URL); this name says that none was made.
  return { name, url: `http://${name}.invalid/graphql`, typeDefs: parse(readFileSync(file, 'utf8')) };
});
const result = composeServices(services);
if (result.errors) {
  for (const error of result.errors) console.error(error.message);
  process.exit(1);
}
writeFileSync(supergraph, `${result.supergraphSdl.trim()}\n`);
writeFileSync(publicSchema, `${result.publicSdl.trim()}\n`);
