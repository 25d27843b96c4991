// An OpenID provider for the tests of logging in: https://github.com/panva/node-oidc-provider.
//
//   node login-provider.mjs http://127.0.0.1:PORT ent:basic:RS256 educonnect:none:EdDSA ...
//
// prints its issuer, alone on a line, when it listens; ends when its standard input does. The first argument is where the relying party
// is. Each further one is what the relying party calls this provider, how it shows its secret there (basic, post, none), and how tokens
// are signed for it: NAME becomes the client `passerelle-NAME`, who comes back to /auth/callback/NAME and is told of logouts at
// /auth/backchannel/NAME. PKCE is required of all.
//
// Nobody types a password: the parameter `login_hint` names the user who logs in, else a page lists them. Users and their claims are
// those below, or those of the environment variable OPENID_USERS, as JSON of the same form; `acr` of a user is how they authenticate.
//
//   POST /control/rotate            new keys sign from now on, and the old ones are gone; with ?keep they stay published
//   POST /control/fault?status=N    every answer is an error of that status, or with ?status=hang, none at all; without status, all is well
//   POST /control/backchannel?client=C&sub=S&sid=T
//                                   tells the client C that S logged out; answers `told`, or how it was refused

import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import Provider from 'oidc-provider';

// Standard output is for the issuer alone.
console.info = console.warn = console.error;

const SECRET = 'the-secret-of-a-client-of-the-tests';
const METHODS = { basic: 'client_secret_basic', post: 'client_secret_post', none: 'none' };
const KINDS = {
  RS256: ['rsa', { modulusLength: 2048 }],
  PS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519'],
};

const OWN_USERS = {
  prof1: {
    given_name: 'Camille', family_name: 'Lestage', email: 'camille.lestage@ent.example', email_verified: true, acr: 'eidas2',
    profile_ent: 'National_ENS', ent_id: 'AC-BORDEAUX$2001', uai: ['0330001A', '0330002B'],
  },
  eleve1: {
    given_name: 'Noa', family_name: 'Darrieux', acr: 'eidas1',
    FrEduCtPersonAffiliation: 'eleve2d', FrEduCtId: '5f0c0ffee1', FrEduCtRefId: ['{AAF}04|330001|700001'],
    FrEduCtEleveINE: '070000001AB', FrEduCtEleveINEHash: 'aabbccddeeff00112233445566778899',
    FrEduCtDateNaissance: '2012-02-29', FrEduCtEleveUAI: '0330001A', FrEduCtEleveNiveau: '2111',
  },
  parent1: {
    given_name: 'Sacha', family_name: 'Darrieux', acr: 'eidas1',
    FrEduCtPersonAffiliation: 'resp2d', FrEduCtId: '5f0c0ffee2',
    FrEduCtRefId: ['{AAF}04|330001|800001', '{AAF}20|750001|800002', '{ECT}04|x|1'],
  },
};

const [base, ...names] = process.argv.slice(2);
const users = process.env.OPENID_USERS ? JSON.parse(process.env.OPENID_USERS) : OWN_USERS;
const claimsOf = ({ acr: _, ...claims }) => claims;
const clients = names.map((named) => {
  const [name, method = 'basic', alg = 'RS256'] = named.split(':');
  return {
    client_id: `passerelle-${name}`,
    ...(method === 'none' ? {} : { client_secret: SECRET }),
    token_endpoint_auth_method: METHODS[method],
    id_token_signed_response_alg: alg,
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: [`${base}/auth/callback/${name}`],
    post_logout_redirect_uris: [`${base}/auth/logged-out`],
    backchannel_logout_uri: `${base}/auth/backchannel/${name}`,
    backchannel_logout_session_required: true,
  };
});

// As a text in between: node 20 sometimes waits for itself forever when a key is exported that it has just made.
const newKeys = () => Object.entries(KINDS).map(([alg, [kind, options]]) => {
  const encoded = { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } };
  const { privateKey } = generateKeyPairSync(kind, { ...options, ...encoded });
  return { ...createPrivateKey(privateKey).export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg };
});

const page = (title, body) => `<!doctype html><html lang="fr"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}`;

const SCOPE = 'openid profile email ent educonnect';
const own = (scope) => [...new Set(Object.values(users).flatMap((user) => Object.keys(claimsOf(user))))]
  .filter((claim) => claim.startsWith('FrEduCt') === (scope === 'educonnect'));

const started = (issuer, keys) => new Provider(issuer, {
  jwks: { keys },
  clients,
  pkce: { required: () => true },
  scopes: SCOPE.split(' '),
  claims: {
    openid: ['sub', 'sid'],
    profile: ['given_name', 'family_name', 'birthdate'],
    email: ['email', 'email_verified'],
    ent: own('ent'),
    educonnect: own('educonnect'),
  },
  acrValues: ['eidas1', 'eidas2'],
  conformIdTokenClaims: false,
  enabledJWA: { idTokenSigningAlgValues: Object.keys(KINDS) },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource(ctx, form) {
        const button = '<input type="hidden" name="logout" value="yes"><button>Oui</button></form>';
        ctx.body = page('Se déconnecter', form.replace('</form>', button));
      },
    },
  },
  ttl: { AccessToken: 300, IdToken: 300, Session: 3600, Grant: 3600, Interaction: 600, AuthorizationCode: 60 },
  cookies: { keys: ['a-key-of-the-tests'] },
  // Its own dispatcher lets nobody on this machine be told of logouts.
  fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  findAccount: (_ctx, id) => users[id] && { accountId: id, claims: () => ({ sub: id, ...claimsOf(users[id]) }) },
  // Whoever logs in agrees.
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope(SCOPE);
    await grant.save();
    return grant;
  },
  renderError(ctx, out) {
    ctx.type = 'json';
    ctx.body = out;
  },
});

let keys = newKeys();
let provider;
let fault = null;

const controls = {
  rotate({ searchParams }) {
    keys = [...newKeys(), ...(searchParams.has('keep') ? keys : [])];
    provider = started(provider.issuer, keys);
  },
  fault({ searchParams }) {
    fault = searchParams.get('status');
  },
  async backchannel({ searchParams }) {
    const client = await provider.Client.find(searchParams.get('client'));
    const told = [searchParams.get('sub'), searchParams.get('sid') ?? undefined];
    return client.backchannelLogout(...told).then(() => 'told', (error) => `refused: ${error.message}`);
  },
};

const interact = async (request, response, { searchParams }) => {
  const { params, uid } = await provider.interactionDetails(request, response);
  const user = searchParams.get('user') ?? params.login_hint;
  if (user in users) {
    const login = { accountId: user, acr: users[user].acr, amr: ['pwd'] };
    return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  }
  const links = Object.keys(users).map((name) => `<li><a id="${name}" href="/interaction/${uid}?user=${name}">${name}</a>`);
  response.setHeader('content-type', 'text/html; charset=utf-8');
  return response.end(page('Qui êtes-vous ?', `<ul>${links.join('')}</ul>`));
};

const answer = async (request, response) => {
  const url = new URL(request.url, provider.issuer);
  const control = request.method === 'POST' && url.pathname.match(/^\/control\/(\w+)$/)?.[1];
  if (control in controls) return response.end((await controls[control](url)) ?? '');
  if (fault === 'hang') return undefined;
  if (fault) return response.writeHead(Number(fault)).end();
  if (url.pathname.startsWith('/interaction/')) return interact(request, response, url);
  return provider.callback()(request, response);
};

const server = http.createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
// No connection ends while somebody is about to use it once more.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
provider = started(`http://127.0.0.1:${server.address().port}`, keys);
console.log(provider.issuer);
process.stdin.on('end', () => process.exit(0)).resume();
