// An OpenID provider for the tests of access tokens: https://github.com/panva/node-oidc-provider.
//
//   node provider.mjs          prints its issuer, alone on a line, when it listens; ends when its standard input does
//
// The client `vendor` gets tokens by its credentials, for the resource https://api.example/ALG, signed by ALG. Beside OpenID:
//
//   POST /control/publish      new keys sign from now on; the old ones stay published
//   POST /control/withdraw     of all keys only those that sign now stay published
//   POST /control/fail         nothing is answered any more but errors
//   POST /control/person       a token of the person whom `sub` names, who uses the client `vendor`

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import Provider from 'oidc-provider';

// Standard output is for the issuer alone.
console.info = console.error;

const RESOURCE = 'https://api.example/';
const CLIENT = 'vendor';
const KINDS = { RS256: ['rsa', { modulusLength: 2048 }], ES256: ['ec', { namedCurve: 'P-256' }], EdDSA: ['ed25519'] };

const newKeys = () => Object.entries(KINDS).map(([alg, kind]) => {
  const { privateKey } = generateKeyPairSync(...kind);
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg };
});

const resourceServer = (resource) => {
  const alg = resource.slice(RESOURCE.length);
  if (!resource.startsWith(RESOURCE) || !(alg in KINDS)) throw new Error(`nobody serves ${resource}`);
  return {
    audience: RESOURCE,
    scope: 'users:read statistics:exact',
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg } },
  };
};

const started = (issuer, keys) => new Provider(issuer, {
  jwks: { keys },
  clients: [{
    client_id: CLIENT,
    client_secret: 'the-secret-of-a-client-of-the-tests',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  }],
  scopes: ['openid', 'users:read', 'statistics:exact'],
  ttl: { AccessToken: 300, ClientCredentials: 300 },
  cookies: { keys: ['a-key-of-the-tests'] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: { enabled: true, getResourceServerInfo: (_ctx, resource) => resourceServer(resource) },
  },
});

let keys = newKeys();
let provider;
let answering = true;

const controls = {
  publish() {
    keys = [...newKeys(), ...keys];
    provider = started(provider.issuer, keys);
  },
  withdraw() {
    keys = keys.slice(0, Object.keys(KINDS).length);
    provider = started(provider.issuer, keys);
  },
  fail() {
    answering = false;
  },
  async person({ searchParams }) {
    const token = new provider.AccessToken({
      accountId: searchParams.get('sub'),
      client: await provider.Client.find(CLIENT),
      gty: 'authorization_code',
      scope: 'users:read',
    });
    token.resourceServer = new provider.ResourceServer(`${RESOURCE}ES256`, resourceServer(`${RESOURCE}ES256`));
    return token.save();
  },
};

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, provider.issuer);
  const control = url.pathname.match(/^\/control\/(\w+)$/)?.[1];
  if (control in controls) {
    response.end(await controls[control](url));
  } else if (answering) {
    provider.callback()(request, response);
  } else {
    response.writeHead(503).end();
  }
});
// No connection ends while somebody is about to use it once more.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
provider = started(`http://127.0.0.1:${server.address().port}`, keys);
console.log(provider.issuer);
process.stdin.on('end', () => process.exit(0)).resume();
