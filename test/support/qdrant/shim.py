"""Qdrant's REST over Qdrant's own engine, for the tests alone.

Vectors, filters, sparse search with IDF, fusion, quantization and payload indexes are the engine's (qdrant-edge-py, one shard a
collection). Written here over it: collections by name, aliases, groups, the REST itself. Not here: shards, replicas, snapshots,
and the optimizer in the background: a collection is optimized when it gets an alias, and from half a
megabyte of vectors on, not from ten as on a server, so that tests meet its graph and its quantized vectors. A body that has a key we do not know is
refused, and so is a filter over a field without an index (strict mode). Latency through it is the shim's, not a server's.

Usage: python shim.py FOLDER   (prints its port; QDRANT_SHIM_KEY: the key that every request must have)
"""

import json
import os
import shutil
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import qdrant_edge as edge


INDEXED_FROM_KB = 512


class Refusal(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def only(body, *known):
    """The values of the known keys, None for those left out; any other key is refused."""
    if not isinstance(body, dict):
        raise Refusal(400, f"expected an object with {', '.join(known)}")
    unknown = set(body) - set(known)
    if unknown:
        raise Refusal(400, f"unknown key {', '.join(sorted(unknown))}")
    return [body.get(key) for key in known]


class Collection:
    def __init__(self, folder, body):
        vectors, sparse, self.metadata = only(body, "vectors", "sparse_vectors", "metadata")
        self.folder = folder
        self.indexed = {}
        self.sizes = {name: params["size"] for name, params in vectors.items()}
        self.config = {"params": {"vectors": vectors, "sparse_vectors": sparse or {}}, "metadata": self.metadata}
        os.makedirs(folder)
        self.shard = edge.EdgeShard.create(
            folder,
            edge.EdgeConfig(
                vectors={name: dense_params(params) for name, params in vectors.items()},
                sparse_vectors={name: sparse_params(params) for name, params in (sparse or {}).items()},
                optimizers=edge.EdgeOptimizersConfig(indexing_threshold=INDEXED_FROM_KB),
                max_search_threads=1,
            ),
        )

    def drop(self):
        self.shard.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def index(self, body):
        name, schema = only(body, "field_name", "field_schema")
        kind, tenant, lookup, ranged = only(schema, "type", "is_tenant", "lookup", "range")
        if kind == "keyword":
            params = edge.KeywordIndexParams(is_tenant=tenant)
        elif kind == "integer":
            params = edge.IntegerIndexParams(lookup=lookup, range=ranged)
        else:
            raise Refusal(400, f"no index of type {kind}")
        self.shard.update(edge.UpdateOperation.create_field_index(name, params))
        self.indexed[name] = kind

    def upsert(self, body):
        (points,) = only(body, "points")
        self.shard.update(edge.UpdateOperation.upsert_points([self.point(one) for one in points]))

    def point(self, body):
        own, vector, payload = only(body, "id", "vector", "payload")
        for name, values in vector.items():
            if isinstance(values, list) and len(values) != self.sizes.get(name):
                raise Refusal(400, f"Wrong input: Vector dimension error: expected dim: {self.sizes.get(name)}, got {len(values)}")
        return edge.Point(id_of(own), {name: vector_of(values) for name, values in vector.items()}, payload or {})

    def delete(self, body):
        (condition,) = only(body, "filter")
        self.shard.update(edge.UpdateOperation.delete_points_by_filter(self.filter(condition)))

    def count(self, body):
        exact, condition = only(body, "exact", "filter")
        return self.shard.count(edge.CountRequest(exact=exact is not False, filter=self.filter(condition)))

    def scroll(self, body):
        limit, offset, condition, with_payload, with_vector = only(
            body, "limit", "offset", "filter", "with_payload", "with_vector"
        )
        request = edge.ScrollRequest(
            offset=None if offset is None else id_of(offset),
            limit=limit,
            filter=self.filter(condition),
            with_payload=payload_of(with_payload),
            with_vector=with_vector,
        )
        records, after = self.shard.scroll(request)
        points = [{"id": str_id(one.id), "payload": one.payload} for one in records]
        return {"points": points, "next_page_offset": None if after is None else str_id(after)}

    def filter(self, body):
        if body is None:
            return None
        must, should, must_not = only(body, "must", "should", "must_not")
        read = lambda conditions: None if conditions is None else [self.condition(one) for one in conditions]
        return edge.Filter(must=read(must), should=read(should), must_not=read(must_not))

    def condition(self, body):
        if "key" not in body:
            return self.filter(body)
        key, match, bounds = only(body, "key", "match", "range")
        if key not in self.indexed:
            raise Refusal(400, f'Bad request: Index required but not found for "{key}"')
        if bounds is not None:
            gte, gt, lte, lt = only(bounds, "gte", "gt", "lte", "lt")
            return edge.FieldCondition(key, range=edge.RangeFloat(gte=gte, gt=gt, lte=lte, lt=lt))
        wanted, value = only(match, "any", "value")
        return edge.FieldCondition(key, match=edge.MatchAny(wanted) if value is None else edge.MatchValue(value))

    def params(self, body):
        if body is None:
            return None
        idf, quantization, exact = only(body, "idf", "quantization", "exact")
        given = {"exact": exact is True}
        if idf is not None:
            given["idf"] = edge.IdfParams(corpus=self.filter(only(idf, "corpus")[0]))
        if quantization is not None:
            ignore, rescore, oversampling = only(quantization, "ignore", "rescore", "oversampling")
            given["quantization"] = edge.QuantizationSearchParams(
                ignore=ignore is True, rescore=rescore, oversampling=oversampling
            )
        return edge.SearchParams(**given)

    def query(self, body):
        return [scored(one) for one in self.shard.query(self.request(body))]

    def batch(self, body):
        (searches,) = only(body, "searches")
        found = self.shard.query_batch(edge.QueryBatchRequest([self.request(one) for one in searches]))
        return [{"points": [scored(one) for one in points]} for points in found]

    def groups(self, body):
        """The engine has no groups: the whole ranking is read and grouped here, a point into the group of each of its values."""
        by, size, limit = body.get("group_by"), body.get("group_size"), body.get("limit")
        if by not in self.indexed:
            raise Refusal(400, f'Bad request: Index required but not found for "{by}"')
        rest = {key: value for key, value in body.items() if key not in ("group_by", "group_size")}
        wanted = body.get("with_payload")
        asked = wanted if isinstance(wanted, list) else []
        everything = {**rest, "limit": max(1, self.shard.count(edge.CountRequest()))}
        everything["with_payload"] = True if wanted is True else [by, *asked]
        if "prefetch" in everything:
            everything["prefetch"] = [{**one, "limit": everything["limit"]} for one in everything["prefetch"]]
        groups = {}
        for point in self.query(everything):
            payload = point["payload"] or {}
            values = payload.get(by)
            if wanted is not True and by not in asked:
                del payload[by]
            for value in values if isinstance(values, list) else [values]:
                groups.setdefault(value, []).append(point)
        return [{"id": value, "hits": hits[:size]} for value, hits in list(groups.items())[:limit]]

    def request(self, body):
        query, using, prefetch, condition, params, limit, with_payload, threshold = only(
            body, "query", "using", "prefetch", "filter", "params", "limit", "with_payload", "score_threshold"
        )
        given = {"limit": limit, "filter": self.filter(condition), "score_threshold": threshold}
        given["with_payload"] = payload_of(with_payload)
        given["params"] = self.params(params)
        if prefetch is None:
            return edge.QueryRequest(query=nearest(query, using), **given)
        return edge.QueryRequest(query=fusion(query), prefetches=[self.prefetch(one) for one in prefetch], **given)

    def prefetch(self, body):
        query, using, condition, params, limit = only(body, "query", "using", "filter", "params", "limit")
        return edge.Prefetch(
            limit=limit, query=nearest(query, using), filter=self.filter(condition), params=self.params(params)
        )


def dense_params(body):
    size, distance, quantization = only(body, "size", "distance", "quantization_config")
    given = {}
    if quantization is not None:
        (scalar,) = only(quantization, "scalar")
        kind, quantile, memory = only(scalar, "type", "quantile", "memory")
        if kind != "int8":
            raise Refusal(400, f"no scalar quantization to {kind}")
        given["quantization_config"] = edge.ScalarQuantizationConfig(
            edge.ScalarType.Int8, quantile=quantile, memory=getattr(edge.Memory, (memory or "pinned").capitalize())
        )
    return edge.EdgeVectorParams(size=size, distance=getattr(edge.Distance, distance), **given)


def sparse_params(body):
    (modifier,) = only(body, "modifier")
    return edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf if modifier == "idf" else None)


def id_of(value):
    return value if isinstance(value, int) else uuid.UUID(value)


def str_id(value):
    return value if isinstance(value, int) else str(value)


def vector_of(values):
    return values if isinstance(values, list) else edge.SparseVector(*only(values, "indices", "values"))


def nearest(query, using):
    return edge.Query.Nearest(vector_of(query), using=using)


def fusion(query):
    kind, rrf = only(query, "fusion", "rrf")
    if rrf is not None:
        k, weights = only(rrf, "k", "weights")
        return edge.Fusion.Rrf(k, weights)
    return edge.Fusion.Dbsf() if kind == "dbsf" else edge.Fusion.Rrf(2)


def payload_of(wanted):
    if isinstance(wanted, dict):
        return edge.PayloadSelector.Include(only(wanted, "include")[0])
    return edge.PayloadSelector.Include(wanted) if isinstance(wanted, list) else bool(wanted)


def scored(point):
    return {"id": str_id(point.id), "version": point.version, "score": point.score, "payload": point.payload}


class Server:
    def __init__(self, folder):
        self.folder = folder
        self.collections = {}
        self.aliases = {}
        self.requests = []
        self.lock = threading.Lock()

    def held(self, name):
        found = self.collections.get(self.aliases.get(name, name))
        if not found:
            raise Refusal(404, f"Not found: Collection `{name}` doesn't exist!")
        return found

    def answer(self, method, path, body):
        if (method, path) == ("GET", "/shim/requests"):
            return self.requests
        self.requests.append(f"{method} {path}")
        if (method, path) == ("GET", "/aliases"):
            pairs = self.aliases.items()
            return {"aliases": [{"alias_name": alias, "collection_name": name} for alias, name in pairs]}
        if (method, path) == ("GET", "/collections"):
            return {"collections": [{"name": name} for name in self.collections]}
        if (method, path) == ("POST", "/collections/aliases"):
            return self.change_aliases(body)
        parts = path.split("/")
        if len(parts) < 3 or parts[1] != "collections":
            raise Refusal(404, f"no route {method} {path}")
        return self.on_collection(parts[2], f"{method} {'/'.join(parts[3:])}", body)

    def on_collection(self, name, route, body):
        done = {"operation_id": 1, "status": "completed"}
        if route == "GET exists":
            return {"exists": self.aliases.get(name, name) in self.collections}
        if route == "PUT ":
            if name in self.collections:
                raise Refusal(409, f"Wrong input: Collection `{name}` already exists!")
            self.collections[name] = Collection(os.path.join(self.folder, uuid.uuid4().hex), body)
            return True
        if route == "DELETE ":
            gone = self.collections.pop(name, None)
            if gone:
                gone.drop()
            self.aliases = {alias: of for alias, of in self.aliases.items() if of != name}
            return gone is not None
        held = self.held(name)
        if route == "GET ":
            return {"status": "green", "config": held.config, "points_count": held.shard.count(edge.CountRequest())}
        changes = {"PUT index": held.index, "PUT points": held.upsert, "POST points/delete": held.delete}
        if route in changes:
            changes[route](body)
            return done
        reads = {
            "POST points/count": lambda: {"count": held.count(body)},
            "POST points/scroll": lambda: held.scroll(body),
            "POST points/query": lambda: {"points": held.query(body)},
            "POST points/query/batch": lambda: held.batch(body),
            "POST points/query/groups": lambda: {"groups": held.groups(body)},
        }
        if route not in reads:
            raise Refusal(404, f"no route {route}")
        return reads[route]()

    def change_aliases(self, body):
        after = dict(self.aliases)
        named = []
        for action in only(body, "actions")[0]:
            gone, made = only(action, "delete_alias", "create_alias")
            if gone is not None:
                after.pop(only(gone, "alias_name")[0], None)
            else:
                collection, alias = only(made, "collection_name", "alias_name")
                named.append(self.held(collection))
                after[alias] = collection
        for collection in named:
            collection.shard.optimize()
        self.aliases = after
        return True


def handler(server, key):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet a reply

        def serve(self):
            length = int(self.headers.get("content-length") or 0)
            text = self.rfile.read(length)
            url = urlsplit(self.path)
            try:
                if key and self.headers.get("api-key") != key:
                    raise Refusal(401, "Must provide an API key or an Authorization bearer token")
                if "/points" in url.path and self.command == "PUT" and parse_qs(url.query).get("wait") != ["true"]:
                    raise Refusal(400, "a change that is not waited for is none of ours")
                with server.lock:
                    result = server.answer(self.command, url.path, json.loads(text) if text else None)
                self.reply(200, {"result": result, "status": "ok", "time": 0})
            except Refusal as refusal:
                self.reply(refusal.status, {"status": {"error": str(refusal)}, "time": 0})
            except Exception as error:  # the engine's own words
                self.reply(400, {"status": {"error": f"{type(error).__name__}: {error}"}, "time": 0})

        do_GET = do_PUT = do_POST = do_DELETE = serve

        def reply(self, status, body):
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
            self.wfile.flush()

        def log_message(self, *_):
            pass

    return Handler


def end_with_starter():
    sys.stdin.read()
    shutil.rmtree(sys.argv[1], ignore_errors=True)
    os._exit(0)


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(Server(sys.argv[1]), os.environ.get("QDRANT_SHIM_KEY")))
    server.daemon_threads = True
    threading.Thread(target=end_with_starter, daemon=True).start()
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
