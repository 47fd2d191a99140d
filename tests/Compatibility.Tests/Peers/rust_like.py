"""Workers that behave like the Rust `weed-worker` (Lance) of SeaweedFS 4.44, many in one process, on gRPC for Python.

Commands come as one JSON object a line on standard input, what happens goes out the same way.
"""
import asyncio
import base64
import json
import sys

import grpc
import plugin_pb2 as wire

SETTINGS = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.use_local_subchannel_pool", 1),
]


def say(event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def wired(text):
    return wire.WorkerToAdminMessage.FromString(base64.b64decode(text))


def read(values):
    """What this worker makes of a config: ints only from numbers, texts only from texts, an empty one is not set."""
    taken = {}
    for name, value in values.items():
        kind = value.WhichOneof("kind")
        if kind in ("int64_value", "double_value"):
            taken[name] = int(getattr(value, kind))
        elif kind == "bool_value":
            taken[name] = value.bool_value
        elif kind == "string_value" and value.string_value:
            taken[name] = value.string_value
    return taken


class RustWorker:
    def __init__(self, name, options):
        self.name = name
        self.id = options.get("id", name)
        self.admin = options["admin"]
        self.capabilities = options.get("capabilities", [])
        self.slots = options.get("executeSlots", 1)
        self.reconnect = options.get("reconnectMs", 25) / 1000
        self.heartbeat = options.get("heartbeatMs", 10_000) / 1000
        self.descriptors = {}
        self.detections = {}
        self.previews = {}
        self.mute = False
        self.over = False
        self.script(options)
        self.running = {}
        self.waiting = []
        self.call = None
        self.writing = asyncio.Lock()
        self.life = asyncio.get_running_loop().create_task(self.live())

    def script(self, options):
        for key in ("descriptors", "detections", "previews", "mute"):
            if key in options:
                setattr(self, key, options[key])

    async def live(self):
        # A cancelled call ends like one that broke: whether to dial again is asked here.
        while not self.over:
            await self.connect()
            await asyncio.sleep(self.reconnect)

    def stop(self):
        """Nothing of it may dial again: the next admin may have the port of this one."""
        self.over = True
        self.life.cancel()

    async def connect(self):
        async with grpc.aio.insecure_channel(self.admin, options=SETTINGS) as channel:
            method = channel.stream_stream(
                "/plugin.PluginControlService/WorkerStream",
                request_serializer=wire.WorkerToAdminMessage.SerializeToString,
                response_deserializer=lambda raw: (raw, wire.AdminToWorkerMessage.FromString(raw)),
            )
            self.call = call = method()
            ticker = None
            try:
                await call.write(self.hello())
                # Nothing is sent before the headers are here, and the stream is dropped unless it was accepted.
                await call.initial_metadata()
                first = await call.read()
                if first is not grpc.aio.EOF:
                    self.got(first[0])
                    if first[1].hello.accepted:
                        ticker = asyncio.get_running_loop().create_task(self.tick(call))
                        await self.receive(call)
                call.cancel()
            except (grpc.RpcError, asyncio.CancelledError, asyncio.InvalidStateError):
                pass
            finally:
                if ticker is not None:
                    ticker.cancel()
                try:
                    say({"worker": self.name, "event": "ended", "code": (await call.code()).value[0], "text": await call.details() or ""})
                except asyncio.CancelledError:
                    say({"worker": self.name, "event": "ended", "code": 1, "text": ""})
                self.call = None

    def hello(self):
        message = wire.WorkerToAdminMessage(worker_id=self.id)
        hello = message.hello
        hello.worker_id = hello.worker_instance_id = self.id
        hello.worker_version = "4.44"
        hello.protocol_version = "1"
        for one in self.capabilities:
            hello.capabilities.add(**{"max_detection_concurrency": 1, "max_execution_concurrency": 1, **one})
        return message

    def got(self, raw):
        say({"worker": self.name, "event": "got", "bytes": base64.b64encode(raw).decode()})

    async def receive(self, call):
        while True:
            item = await call.read()
            if item is grpc.aio.EOF:
                return
            raw, message = item
            self.got(raw)
            body = message.WhichOneof("body")
            if body == "request_config_schema":
                await self.describe(message.request_id, message.request_config_schema.job_type)
            elif body == "run_detection_request":
                await self.take(message.run_detection_request.job_type, "detect", message.run_detection_request)
            elif body == "execute_job_request":
                await self.take(message.execute_job_request.job.job_type, "execute", message.execute_job_request)
            elif body == "cancel_request":
                say({"worker": self.name, "event": "noted", "text": "cancel is not supported"})
            elif body == "request_object_preview":
                await self.preview(message.request_id, message.request_object_preview)
            elif body == "shutdown":
                say({"worker": self.name, "event": "exited"})
                self.stop()
                return

    async def write(self, message):
        message.worker_id = self.id
        async with self.writing:
            if self.call is not None:
                await self.call.write(message)

    async def describe(self, request, job_type):
        if job_type in self.descriptors and not self.mute:
            message = wired(self.descriptors[job_type])
            message.config_schema_response.request_id = request
            message.config_schema_response.job_type = job_type
            message.config_schema_response.success = True
            await self.write(message)

    async def take(self, job_type, kind, request):
        """Unknown types are met with silence; without a free slot the work waits."""
        if not any(one["job_type"] == job_type for one in self.capabilities):
            return
        self.waiting.append((kind, request, self.call))
        await self.start_next()

    def used(self, kind):
        return sum(1 for one, *_ in self.running.values() if one == kind)

    async def start_next(self):
        while (free := next((one for one in self.waiting if self.used(one[0]) < self.slots), None)) is not None:
            self.waiting.remove(free)
            kind, request, call = free
            if kind == "detect":
                say({"worker": self.name, "event": "read", "values": {**read(request.admin_config_values), **read(request.worker_config_values)}})
                self.running[request.request_id] = (kind, request, call)
                script = self.detections.get(request.job_type)
                if script is not None:
                    await self.propose(request.request_id, script)
            else:
                self.running[request.job.job_id] = (kind, request, call)
                progress = wire.WorkerToAdminMessage()
                progress.job_progress_update.request_id = request.request_id
                progress.job_progress_update.job_id = request.job.job_id
                progress.job_progress_update.job_type = request.job.job_type
                progress.job_progress_update.progress_percent = 1
                progress.job_progress_update.stage = "running"
                await self.write(progress)

    async def propose(self, request_id, script):
        _, request, call = self.running[request_id]
        if call is self.call:
            total = 0
            for batch in script.get("batches", []):
                message = wired(batch)
                message.detection_proposals.request_id = request_id
                message.detection_proposals.job_type = request.job_type
                total += len(message.detection_proposals.proposals)
                await self.write(message)
            end = wire.WorkerToAdminMessage()
            end.detection_complete.request_id = request_id
            end.detection_complete.job_type = request.job_type
            end.detection_complete.success = not script.get("error")
            end.detection_complete.error_message = script.get("error", "")
            end.detection_complete.total_proposals = total
            await self.write(end)
        await self.free(request_id)

    async def finish(self, job, success, text, message=None, keep=False):
        _, request, call = self.running[job]
        # Work goes on after the loss of the stream; only its result is lost.
        if call is self.call:
            end = wire.WorkerToAdminMessage()
            if message:
                end = wired(message)
            else:
                end.job_completed.request_id = request.request_id
                end.job_completed.job_id = job
                end.job_completed.job_type = request.job.job_type
                end.job_completed.success = success
                end.job_completed.error_message = "" if success else text
                end.job_completed.result.summary = text if success else ""
            await self.write(end)
        if not keep:
            await self.free(job)

    async def free(self, key):
        del self.running[key]
        await self.start_next()

    async def preview(self, request_id, asked):
        scripted = self.previews.get("/".join(asked.object_id))
        if scripted:
            message = wired(scripted)
            message.object_preview_response.request_id = request_id
            await self.write(message)

    async def tick(self, call):
        while call is self.call:
            await self.beat()
            await asyncio.sleep(self.heartbeat)

    async def beat(self):
        message = wire.WorkerToAdminMessage()
        message.heartbeat.worker_id = self.id
        message.heartbeat.detection_slots_total = message.heartbeat.execution_slots_total = self.slots
        message.heartbeat.detection_slots_used = self.used("detect")
        message.heartbeat.execution_slots_used = self.used("execute")
        await self.write(message)


WORKERS = {}


async def obey(command):
    what = command["do"]
    worker = WORKERS.get(command["worker"])
    if what == "start":
        WORKERS[command["worker"]] = RustWorker(command["worker"], command["options"])
    elif what == "script":
        worker.script(command["options"])
    elif what == "hello":
        await worker.write(worker.hello())
    elif what == "beat":
        await worker.beat()
    elif what == "propose":
        await worker.propose(command["id"], command["script"])
    elif what == "finish":
        await worker.finish(command["job"], command["success"], command["text"], command.get("message"), command.get("keep", False))
    elif what == "free":
        await worker.free(command["id"])
    elif what == "forget":
        del worker.running[command["id"]]
    elif what == "send":
        await worker.write(wired(command["message"]))
    elif what == "drop":
        worker.call.cancel()
    elif what == "stop":
        if worker is not None:
            worker.stop()
            del WORKERS[command["worker"]]
    else:
        raise ValueError(what)


async def main():
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader(limit=1 << 28)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        command = json.loads(line)
        try:
            await obey(command)
            say({"done": command["n"]})
        except Exception as error:  # the test says what went wrong
            say({"done": command["n"], "error": repr(error)})


asyncio.run(main())
