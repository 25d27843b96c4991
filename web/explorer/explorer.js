// The explorer page: GraphiQL on /graphql, opened on the Pix Orga query.
// No build step, no inline script, nothing from another origin.
(function () {
  'use strict';

  const ENDPOINT = '/graphql';
  const FIRST_QUERY = '/explorer/pix_orga.graphql';
  const SCHEMA_HINT = 'Le schéma public reste lisible à l’adresse /schema.graphql.';
  const STORAGE_PREFIX = 'passerelle-explorer:';
  // GraphiQL puts this before every key it stores.
  const GRAPHIQL_PREFIX = 'graphiql:';
  const MAX_OWN_TABS = 10;

  const byId = (id) => document.getElementById(id);

  // ---------------------------------------------------------------- messages

  // What the notice is about: a request that succeeds takes back only the complaint about requests.
  const complaints = new Map();

  function renderNotice() {
    byId('notice-text').textContent = Array.from(complaints.values()).join(' ');
    byId('notice').hidden = complaints.size === 0;
  }

  function complain(subject, text) {
    if (complaints.get(subject) !== text) {
      complaints.set(subject, text);
      renderNotice();
    }
  }

  function withdraw(subject) {
    if (complaints.delete(subject)) {
      renderNotice();
    }
  }

  // The explorer itself cannot be shown.
  function giveUp(text) {
    complain('page', text + ' ' + SCHEMA_HINT);
    byId('loading').hidden = true;
    byId('graphiql').hidden = true;
  }

  // ---------------------------------------------------------------- requests

  // GraphiQL prints the error in the result pane, with its stack if it has one.
  function endpointFailure(text) {
    complain('endpoint', text);
    const error = new Error(text);
    error.stack = undefined;
    return error;
  }

  async function graphqlFetch(url, init) {
    let response;
    try {
      response = await fetch(url, init);
    } catch (cause) {
      if (cause && cause.name === 'AbortError') {
        throw cause;
      }
      throw endpointFailure(
        'Le serveur GraphQL (' + ENDPOINT + ') ne répond pas. Vérifiez qu’il est démarré, puis réessayez.'
      );
    }
    const type = response.headers.get('content-type') || '';
    if (!/[/+]json\b/i.test(type)) {
      throw endpointFailure(
        'Le serveur GraphQL (' + ENDPOINT + ') a répondu autre chose que du JSON (statut HTTP ' + response.status + ').'
      );
    }
    // A GraphQL error, whatever its HTTP status, is shown as the result.
    withdraw('endpoint');
    return response;
  }

  async function introspectionFetch(url, init) {
    const response = await graphqlFetch(url, init);
    const answer = await response.clone().json().catch(() => null);
    if (answer && answer.data && answer.data.__schema) {
      withdraw('schema');
    } else {
      const first = answer && Array.isArray(answer.errors) && answer.errors[0] && answer.errors[0].message;
      complain(
        'schema',
        'Le schéma n’a pas pu être lu par introspection' +
          (first ? ' (« ' + first + ' »)' : '') +
          ' : ni complétion ni documentation, mais les requêtes peuvent être lancées. ' +
          SCHEMA_HINT
      );
    }
    return response;
  }

  function makeFetcher(createFetcher) {
    const common = {
      url: ENDPOINT,
      headers: { accept: 'application/graphql-response+json, application/json' },
      enableIncrementalDelivery: false,
    };
    const introspect = createFetcher({ ...common, fetch: introspectionFetch });
    const execute = createFetcher({
      ...common,
      fetch: graphqlFetch,
      subscriptionUrl: location.origin.replace(/^http/, 'ws') + ENDPOINT,
    });
    return (params, options) =>
      (params.operationName === 'IntrospectionQuery' ? introspect : execute)(params, options);
  }

  async function loadFirstQuery() {
    try {
      const response = await fetch(FIRST_QUERY, { cache: 'no-cache' });
      const type = response.headers.get('content-type') || '';
      if (response.ok && !/html/i.test(type)) {
        return await response.text();
      }
    } catch (cause) {
      console.error(cause);
    }
    complain('query', 'La requête d’exemple (' + FIRST_QUERY + ') n’a pas pu être chargée.');
    return '# La requête d’exemple n’a pas pu être chargée : écrivez la vôtre ici.\n';
  }

  // ----------------------------------------------------------------- storage

  // GraphiQL keeps the headers out of its tabs when told to, but not out of its history:
  // take them out of whatever is stored, so that a token is never written to disk.
  function withoutHeaders(key, value) {
    if (key === GRAPHIQL_PREFIX + 'headers') {
      return null;
    }
    try {
      const parsed = JSON.parse(value);
      return parsed !== null && typeof parsed === 'object' && /:(tabState|queries|favorites)$/.test(key)
        ? JSON.stringify(parsed, (name, inner) => (name === 'headers' ? null : inner))
        : value;
    } catch (cause) {
      return value;
    }
  }

  // localStorage under our own prefix; memory where the browser refuses it.
  function makeStorage() {
    let backing = null;
    try {
      backing = window.localStorage;
      backing.getItem(STORAGE_PREFIX);
    } catch (cause) {
      backing = null;
    }
    const memory = new Map();
    const ownKeys = () =>
      backing
        ? Object.keys(backing).filter((key) => key.startsWith(STORAGE_PREFIX))
        : Array.from(memory.keys());
    return {
      getItem(key) {
        const full = STORAGE_PREFIX + key;
        return backing ? backing.getItem(full) : memory.has(full) ? memory.get(full) : null;
      },
      setItem(key, value) {
        const full = STORAGE_PREFIX + key;
        const kept = withoutHeaders(key, value);
        if (kept === null) {
          return;
        }
        if (backing) {
          backing.setItem(full, kept);
        } else {
          memory.set(full, kept);
        }
      },
      removeItem(key) {
        const full = STORAGE_PREFIX + key;
        if (backing) {
          backing.removeItem(full);
        } else {
          memory.delete(full);
        }
      },
      clear() {
        ownKeys().forEach((key) => (backing ? backing.removeItem(key) : memory.delete(key)));
      },
      get length() {
        return ownKeys().length;
      },
    };
  }

  // The page always opens on the first query, in the first tab; the visitor's own tabs come after it.
  function openOnFirstQuery(storage, query) {
    const key = GRAPHIQL_PREFIX + 'tabState';
    let own = [];
    try {
      const seen = new Set([query.trim()]);
      own = JSON.parse(storage.getItem(key)).tabs.filter((tab) => {
        const text = typeof tab.query === 'string' ? tab.query.trim() : '';
        const fresh = text !== '' && !seen.has(text);
        seen.add(text);
        return fresh;
      });
    } catch (cause) {
      own = [];
    }
    for (const stale of ['query', 'variables', 'headers', 'operationName']) {
      storage.removeItem(GRAPHIQL_PREFIX + stale);
    }
    if (own.length === 0) {
      storage.removeItem(key);
      return;
    }
    const first = {
      id: 'pix-orga',
      title: 'PixOrga',
      query: query,
      variables: null,
      headers: null,
      operationName: 'PixOrga',
      response: null,
    };
    storage.setItem(key, JSON.stringify({ tabs: [first].concat(own.slice(-MAX_OWN_TABS)), activeTabIndex: 0 }));
  }

  // ---------------------------------------------------------------- keyboard

  // CodeMirror keeps Tab for indentation, which would hold keyboard users in the editor:
  // hide the key from it, so that the browser moves the focus. The completion list still gets it.
  function freeTabKey(event) {
    if (
      event.key === 'Tab' &&
      event.target instanceof Element &&
      event.target.closest('.CodeMirror') &&
      !document.querySelector('.CodeMirror-hints')
    ) {
      event.stopPropagation();
    }
  }

  function focusEditor(event) {
    const editor = document.querySelector('.graphiql-query-editor .CodeMirror');
    if (editor && editor.CodeMirror) {
      event.preventDefault();
      editor.CodeMirror.focus();
    }
  }

  // ------------------------------------------------------------------- start

  // A stylesheet that did not load is absent in some browsers, unreadable or empty in others.
  function isStyled(link) {
    try {
      return link.sheet !== null && link.sheet.cssRules.length > 0;
    } catch (cause) {
      return false;
    }
  }

  async function start() {
    byId('notice-reload').addEventListener('click', () => location.reload());

    const React = window.React;
    const ReactDOM = window.ReactDOM;
    const GraphiQL = window.GraphiQL;
    const missing = [
      ['React', React],
      ['ReactDOM', ReactDOM],
      ['GraphiQL', GraphiQL],
    ].filter((entry) => !entry[1]);
    if (missing.length > 0) {
      giveUp(
        'L’explorateur ne peut pas s’afficher : fichier non chargé (' +
          missing.map((entry) => entry[0]).join(', ') +
          '). Rechargez la page ; si le problème demeure, prévenez l’administrateur de la passerelle.'
      );
      return;
    }
    const unstyled = Array.from(document.querySelectorAll('link[rel="stylesheet"]')).filter((link) => !isStyled(link));
    if (unstyled.length > 0) {
      complain(
        'style',
        'Feuille de style non chargée (' +
          unstyled.map((link) => link.getAttribute('href')).join(', ') +
          ') : l’affichage est dégradé.'
      );
    }

    // A failure while rendering would otherwise leave the page empty.
    class Guard extends React.Component {
      constructor(props) {
        super(props);
        this.state = { failed: false };
      }
      static getDerivedStateFromError() {
        return { failed: true };
      }
      componentDidCatch(error) {
        giveUp('L’explorateur s’est arrêté sur une erreur : ' + ((error && error.message) || error) + '.');
      }
      render() {
        return this.state.failed ? null : this.props.children;
      }
    }

    const query = await loadFirstQuery();
    const storage = makeStorage();
    openOnFirstQuery(storage, query);

    document.addEventListener('keydown', freeTabKey, true);
    byId('skip-link').addEventListener('click', focusEditor);

    byId('loading').hidden = true;
    ReactDOM.createRoot(byId('graphiql')).render(
      React.createElement(
        Guard,
        null,
        React.createElement(
          GraphiQL,
          {
            fetcher: makeFetcher(GraphiQL.createFetcher),
            query: query,
            storage: storage,
            isHeadersEditorEnabled: true,
            shouldPersistHeaders: false,
            showPersistHeadersSettings: false,
          },
          React.createElement(GraphiQL.Logo, null, 'Passerelle')
        )
      )
    );
  }

  start().catch((error) => {
    console.error(error);
    giveUp('L’explorateur n’a pas pu démarrer : ' + ((error && error.message) || error) + '.');
  });
})();
