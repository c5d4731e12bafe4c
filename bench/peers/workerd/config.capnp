using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "rooms", worker = .rooms)],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "rooms")]
);

const rooms :Workerd.Worker = (
  compatibilityDate = "2024-09-23",
  modules = [(name = "room.js", esModule = embed "room.js")],
  durableObjectNamespaces = [(className = "Room", uniqueKey = "room")],
  durableObjectStorage = (inMemory = void),
  bindings = [(name = "ROOMS", durableObjectNamespace = "Room")]
);
