import { PluginWorker, consoleLogger, main } from "plugin-worker";
import { lineCounter } from "./line-counter.js";

// Serves until SIGTERM or Ctrl+C, then finishes what runs. PLUGIN_ADMIN says where the admin is (default 127.0.0.1:23646).
await main(() => new PluginWorker({ executionSlots: 4, logger: consoleLogger() }, [lineCounter]));
