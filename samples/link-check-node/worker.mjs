// node worker.mjs; PLUGIN_ADMIN says where the admin is, default 127.0.0.1:23646.
import { PluginWorker, consoleLogger, main } from "plugin-worker";
import { linkCheck } from "./link-check.mjs";

await main(() => new PluginWorker({ logger: consoleLogger() }, [linkCheck]));
