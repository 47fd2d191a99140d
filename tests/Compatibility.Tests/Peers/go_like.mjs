// Workers that behave like the Go `weed worker` of SeaweedFS 4.44, many in one process, on the public gRPC library of
// Node. Commands come as one JSON object a line on standard input, what happens goes out the same way.
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const definition = loader.loadSync(process.argv[2], { keepCase: true, longs: String, enums: String, oneofs: true });
const stream = definition['plugin.PluginControlService'].WorkerStream;
const decode = stream.responseDeserialize;
// The test wants to see the bytes as they came.
stream.responseDeserialize = bytes => ({ bytes, message: decode(bytes) });
const Service = grpc.loadPackageDefinition(definition).plugin.PluginControlService;
const wired = base64 => stream.requestDeserialize(Buffer.from(base64, 'base64'));

const say = event => process.stdout.write(`${JSON.stringify(event)}\n`);
const now = () => ({ seconds: String(Math.floor(Date.now() / 1000)), nanos: (Date.now() % 1000) * 1e6 });

const settings = {
  'grpc.max_receive_message_length': 1 << 30,
  'grpc.max_send_message_length': 1 << 30,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.use_local_subchannel_pool': 1,
};

class GoWorker {
  constructor(name, options) {
    Object.assign(this, {
      name, id: name, capabilities: [], detectSlots: 1, executeSlots: 4, heartbeatMs: 15_000, reconnectMs: 25,
      // Scripts: descriptor and detection by job type; whether it seems full; whether its handlers ignore cancels.
      descriptors: {}, detections: {}, full: false, stubborn: false, first: null,
    }, options);
    this.running = new Map();
    this.queued = [];
    this.stopped = false;
    this.connect();
  }

  connect() {
    this.client = new Service(this.admin, grpc.credentials.createInsecure(), settings);
    this.call = this.client.WorkerStream();
    const call = this.call;
    call.on('data', ({ bytes, message }) => {
      say({ worker: this.name, event: 'got', bytes: bytes.toString('base64') });
      // Whoever began otherwise says nothing more by itself.
      if (!this.first) this.receive(message);
    });
    call.on('error', () => {});
    call.on('status', status => this.dropped(call, status));
    if (this.first) {
      call.write(wired(this.first));
      return;
    }

    this.hello();
    this.ticker = setInterval(() => this.beat(), this.heartbeatMs);
  }

  hello(instance) {
    this.instance = instance ?? this.instanceId ?? `inst-plugin-${randomBytes(3).toString('hex')}`;
    this.write({
      hello: {
        worker_id: this.id, worker_instance_id: this.instance, address: this.address ?? '127.0.0.1:0', worker_version: '4.44', protocol_version: 'plugin.v1',
        // The maxima of every capability are those of the process.
        capabilities: this.capabilities.map(one => ({ ...one, max_detection_concurrency: this.detectSlots, max_execution_concurrency: this.executeSlots })),
        metadata: { runtime: 'plugin', job_types: this.capabilities.map(one => one.job_type).join(',') },
      },
    });
  }

  write(body) {
    if (!this.stopped && this.call.writable) this.call.write({ worker_id: this.id, sent_at: now(), ...body });
  }

  // Results of work that was cancelled by the loss of the stream are lost with it.
  dropped(call, status) {
    if (call !== this.call) return;
    clearInterval(this.ticker);
    this.client.close();
    say({ worker: this.name, event: 'ended', code: status.code, text: status.details });
    for (const [key, work] of this.running) {
      if (work.stubborn || this.stubborn) work.orphan = true;
      else this.running.delete(key);
    }

    this.queued = [];
    if (!this.stopped && !this.first) this.retry = setTimeout(() => this.connect(), this.reconnectMs);
  }

  receive({ request_id: id, body, ...message }) {
    switch (body) {
      case 'hello':
        break;
      case 'request_config_schema':
        this.describe(id, message.request_config_schema.job_type);
        break;
      case 'run_detection_request':
        this.acknowledge(id, true, 'detection request accepted');
        this.detect(message.run_detection_request);
        break;
      case 'execute_job_request':
        this.execute(id, message.execute_job_request);
        break;
      case 'cancel_request':
        this.cancel(id, message.cancel_request.target_id);
        break;
      case 'shutdown':
        this.acknowledge(id, true, 'shutdown acknowledged');
        break;
      default:
        this.acknowledge(id, false, 'unsupported request body');
    }
  }

  acknowledge(id, accepted, message) {
    this.write({ acknowledge: { request_id: id, accepted, message } });
  }

  handles(type) {
    return this.capabilities.some(one => one.job_type.toLowerCase() === type.toLowerCase());
  }

  describe(id, asked) {
    if (this.mute) return;
    const type = asked || (this.capabilities.length === 1 ? this.capabilities[0].job_type : '');
    const scripted = this.descriptors[type];
    const answer = scripted
      ? { ...wired(scripted).config_schema_response, success: true }
      : { success: false, error_message: `job type "${type}" is not handled by this worker` };
    this.write({ config_schema_response: { ...answer, request_id: id, job_type: type } });
  }

  detect(request) {
    const { request_id: id, job_type: type } = request;
    if (!this.handles(type)) {
      this.write({ detection_complete: { request_id: id, job_type: type, success: false, error_message: `job type "${type}" is not handled by this worker` } });
      return;
    }

    const work = { kind: 'WORK_KIND_DETECTION', work_id: id, job_type: type, state: 'JOB_STATE_ASSIGNED', stage: 'queued', progress_percent: 0 };
    if (this.used('WORK_KIND_DETECTION') >= this.detectSlots) this.queued.push(work);
    else this.startDetection(work);
    this.beat();
  }

  startDetection(work) {
    Object.assign(work, { state: 'JOB_STATE_RUNNING', stage: 'running' });
    this.running.set(work.work_id, work);
    const script = this.detections[work.job_type];
    if (script) this.propose(work.work_id, script);
  }

  propose(id, { batches = [], error = '', progress = false }) {
    const work = this.running.get(id);
    if (!work) return;
    const common = { request_id: id, job_type: work.job_type };
    // What a detector has to say comes as progress without a job.
    if (progress) this.progress(id, { ...work, work_id: '' }, 'JOB_STATE_RUNNING', 50, 'scanning', 'looking', 'ACTIVITY_SOURCE_DETECTOR');
    let total = 0;
    for (const batch of batches.map(one => wired(one).detection_proposals)) {
      total += batch.proposals?.length ?? 0;
      this.write({ detection_proposals: { ...batch, ...common } });
    }

    this.write({ detection_complete: { ...common, success: !error, error_message: error, total_proposals: total } });
    this.free(id);
  }

  execute(id, request) {
    const job = request.job;
    if (!this.handles(job.job_type)) {
      this.complete({ request_id: id, work_id: job.job_id, job_type: job.job_type }, false, `job type "${job.job_type}" is not handled by this worker`);
      return;
    }

    if (this.full || this.used('WORK_KIND_EXECUTION') >= this.executeSlots) {
      this.complete({ request_id: id, work_id: job.job_id, job_type: job.job_type }, false, 'executor is at capacity');
      return;
    }

    const work = { kind: 'WORK_KIND_EXECUTION', work_id: job.job_id, request_id: id, job_type: job.job_type, state: 'JOB_STATE_ASSIGNED', stage: 'queued', progress_percent: 0 };
    this.running.set(job.job_id, work);
    this.beat();
    Object.assign(work, { state: 'JOB_STATE_RUNNING' });
    this.beat();
    this.acknowledge(id, true, 'execute request accepted');
    this.progress(id, work, 'JOB_STATE_ASSIGNED', 0, 'assigned', 'job accepted');
    this.progress(id, work, 'JOB_STATE_RUNNING', 1, '', 'started');
  }

  // Every line twice: as the progress's own text and as an event inside it.
  progress(id, work, state, percent, stage, message, source = 'ACTIVITY_SOURCE_EXECUTOR') {
    this.write({
      job_progress_update: {
        request_id: id, job_id: work.work_id, job_type: work.job_type, state, progress_percent: percent, stage, message, updated_at: now(),
        activities: [{ source, message, stage, created_at: now() }],
      },
    });
  }

  complete(work, success, text, message) {
    this.write(message ? wired(message) : {
      job_completed: {
        request_id: work.request_id, job_id: work.work_id, job_type: work.job_type, success, error_message: success ? '' : text,
        result: { summary: success ? text : '' }, completed_at: now(),
      },
    });
  }

  // The completion leaves before the slot is free; the heartbeat that says so comes after both.
  finish({ job, success, text, message, keep }) {
    const work = this.running.get(job);
    if (!work) throw new Error(`${this.name} does not run ${job}`);
    if (!work.orphan) {
      if (!success && !message) this.progress(work.request_id, work, 'JOB_STATE_FAILED', 100, 'failed', text);
      this.complete(work, success, text, message);
    }

    if (!keep) setImmediate(() => this.free(job));
  }

  cancel(id, target) {
    const queued = this.queued.find(one => one.work_id === target);
    const work = queued ?? [...this.running.values()].find(one => target && (one.work_id === target || one.request_id === target));
    if (!work) {
      this.acknowledge(id, false, target ? 'cancel target not found' : 'cancel target is required');
      return;
    }

    this.acknowledge(id, true, 'cancel request accepted');
    if (this.stubborn) return;
    if (work.kind === 'WORK_KIND_DETECTION') {
      this.queued = this.queued.filter(one => one !== work);
      this.write({ detection_complete: { request_id: work.work_id, job_type: work.job_type, success: false, error_message: 'context canceled' } });
      this.free(work.work_id);
    } else {
      this.finish({ job: work.work_id, success: false, text: 'context canceled' });
    }
  }

  free(key) {
    this.running.delete(key);
    if (this.queued.length > 0 && this.used('WORK_KIND_DETECTION') < this.detectSlots) this.startDetection(this.queued.shift());
    this.beat();
  }

  used(kind) {
    return [...this.running.values()].filter(work => work.kind === kind).length;
  }

  beat(changes = {}) {
    const listed = [...this.running.values(), ...this.queued].map(({ work_id, kind, job_type, state, progress_percent, stage }) => ({ work_id, kind, job_type, state, progress_percent, stage }));
    this.write({
      heartbeat: {
        worker_id: this.id, running_work: listed, metadata: { runtime: 'plugin' },
        detection_slots_used: this.used('WORK_KIND_DETECTION'), detection_slots_total: this.detectSlots,
        execution_slots_used: this.used('WORK_KIND_EXECUTION'), execution_slots_total: this.executeSlots,
        ...changes,
      },
    });
  }

  // The handler has lost the work without a word, as after a panic that was caught.
  forget(key) {
    this.running.delete(key);
  }

  send(base64) {
    const message = wired(base64);
    this.call.write({ ...message, worker_id: message.worker_id || this.id });
  }

  drop() {
    this.call.cancel();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.retry);
    this.call.cancel();
  }
}

const workers = new Map();
const commands = {
  start: ({ worker, options }) => workers.set(worker, new GoWorker(worker, options)),
  script: ({ worker, options }) => Object.assign(workers.get(worker), options),
  hello: ({ worker, instance }) => workers.get(worker).hello(instance),
  beat: ({ worker, changes }) => workers.get(worker).beat(changes),
  propose: ({ worker, id, script }) => workers.get(worker).propose(id, script),
  finish: ({ worker, ...how }) => workers.get(worker).finish(how),
  free: ({ worker, id }) => workers.get(worker).free(id),
  forget: ({ worker, id }) => workers.get(worker).forget(id),
  send: ({ worker, message }) => workers.get(worker).send(message),
  end: ({ worker }) => workers.get(worker).call.end(),
  drop: ({ worker }) => workers.get(worker).drop(),
  stop: ({ worker }) => { workers.get(worker)?.stop(); workers.delete(worker); },
};

createInterface({ input: process.stdin }).on('line', line => {
  const { n, do: what, ...command } = JSON.parse(line);
  try {
    commands[what](command);
    say({ done: n });
  } catch (error) {
    say({ done: n, error: String(error.stack) });
  }
}).on('close', () => process.exit(0));
