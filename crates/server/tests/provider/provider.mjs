// A service that other services let people in by: the certified oidc-provider, with pages of its own on which
// somebody says who she is and what she grants. Knows whoever it is told of, by any password.
//
// node provider.mjs MODULES PORT BACK ACCOUNTS: where oidc-provider is, where to listen, the address that people are
// sent back to, and a file with what is known of whom, by login.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [modules, port, back, file] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(`${modules}/oidc-provider/lib/index.js`));
const accounts = JSON.parse(readFileSync(file, 'utf8'));

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'reservation',
    client_secret: 'a-secret-between-the-two',
    redirect_uris: [back],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  cookies: { keys: ['only for tests'] },
  claims: {
    openid: ['sub'],
    profile: ['name', 'nickname'],
    email: ['email', 'email_verified'],
  },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
});

const page = (title, body) => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1>${body}`;

async function form(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

async function consent(details, granted) {
  const { params, session } = details;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  for (const scope of params.scope.split(' ')) {
    if (scope === 'openid' || granted.includes(scope)) grant.addOIDCScope(scope);
    else grant.rejectOIDCScope(scope);
  }
  return { consent: { grantId: await grant.save() } };
}

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === 'POST') {
    const answer = await form(ctx.req);
    let result;
    if (answer.get('go') === 'deny') result = { error: 'access_denied' };
    else if (details.prompt.name === 'login') result = { login: { accountId: answer.get('login') } };
    else result = await consent(details, answer.getAll('scope'));
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: true }));
    ctx.status = 303;
    return undefined;
  }
  const scopes = details.params.scope.split(' ').filter((scope) => scope !== 'openid');
  ctx.type = 'html';
  ctx.body = details.prompt.name === 'login'
    ? page('Mihon ID', '<form method="post"><input name="login"><button name="go" value="in">Go on</button></form>')
    : page('Mihon ID', `<form method="post">${scopes.map((scope) => `<label><input type="checkbox" name="scope"
        value="${scope}">${scope}</label>`).join('')}<button name="go" value="grant">Grant</button>
        <button name="go" value="deny">Deny</button></form>`);
  return undefined;
});

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
