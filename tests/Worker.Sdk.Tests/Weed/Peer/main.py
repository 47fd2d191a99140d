"""A `weed admin` 4.44 as a worker meets it: the worker port, the page that tells the port, and its habits.

Commands come in as lines of JSON, each with an id and a verb; answers and everything that passes on a stream go out as
lines of JSON. Bytes are base64 of protocol messages. Ends when its input ends.
"""
import asyncio
import base64
import faulthandler
import json
import random
import signal
import sys

import grpc
import grpc.aio
import plugin_pb2 as pb
import plugin_pb2_grpc as stubs
from admin import Admin
from replay import Replay
from sessions import Sessions
from status import StatusPage

GIB = 1 << 30


def say(**line):
    print(json.dumps(line), flush=True)


def encoded(message):
    return base64.b64encode(message.SerializeToString()).decode()


def decoded(kind, text):
    return kind.FromString(base64.b64decode(text))


class Driver:
    """What the test at the other end of the pipe may ask for; a verb is a method."""

    def __init__(self, sessions, admin, page):
        self.sessions, self.admin, self.page = sessions, admin, page

    async def detect(self, job_type, max_results=0, timeout=45.0):
        report = await self.admin.detect(job_type, max_results, timeout)
        return {**report, "proposals": [encoded(proposal) for proposal in report["proposals"]]}

    async def run(self, job_type, capacity_wait=10.0):
        return await self.admin.run(job_type, capacity_wait)

    async def execute(self, job):
        return await self.admin.execute(decoded(pb.JobSpec, job))

    async def configure(self, job_type, config):
        self.admin.configs[job_type] = decoded(pb.PersistedJobTypeConfig, config)

    async def config(self, job_type):
        return {"config": encoded(self.admin.configs[job_type])} if job_type in self.admin.configs else {}

    async def succeeded(self, job_type, seconds):
        self.admin.last_success[job_type] = seconds

    async def send(self, message):
        await self.sessions.any().send(decoded(pb.AdminToWorkerMessage, message))

    async def workers(self):
        return {"workers": [session.view() for session in self.sessions.live()]}

    async def status(self, mode):
        await self.page.become(mode)

    async def end(self):
        """As at a shutdown: the streams end well, and no AdminShutdown was said."""
        self.sessions.end_all()

    async def hidden(self):
        await self.sessions.any().hidden()

    async def replay(self, recording):
        return await Replay(self.sessions, self.admin, recording).run()


async def serve(settings):
    sessions = Sessions(settings, received=lambda message: say(event="received", bytes=encoded(message)), sent=lambda message: say(event="sent", bytes=encoded(message)))
    admin = Admin(sessions, settings)
    sessions.admin = admin
    server = grpc.aio.server(options=[
        ("grpc.so_reuseport", 0),
        ("grpc.max_receive_message_length", GIB),
        ("grpc.max_send_message_length", GIB),
        ("grpc.http2.min_ping_interval_without_data_ms", 20_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.max_concurrent_streams", 1000),
    ])
    stubs.add_PluginControlServiceServicer_to_server(sessions, server)
    page = StatusPage(asked=lambda scheme: say(event="asked", scheme=scheme))
    page.grpc_port = await listen(server, page, settings)
    await server.start()
    say(event="ready", http=page.port, grpc=page.grpc_port)
    await obey(Driver(sessions, admin, page))
    sessions.end_all()
    await server.stop(0)
    await page.close()


async def listen(server, page, settings):
    """Any two ports, or a pair that keeps the convention: the worker port is the other one and 10,000."""
    if settings.get("pair"):
        while True:
            # Below the range from which the system takes the near ends of connections.
            port = random.randrange(20_100, 22_700)
            try:
                await page.open(port)
            except OSError:
                continue
            try:
                return server.add_insecure_port(f"127.0.0.1:{port + 10_000}")
            except RuntimeError:
                await page.close()
    await page.open(settings.get("http", 0))
    return server.add_insecure_port(f"127.0.0.1:{settings.get('grpc', 0)}")


async def obey(driver):
    reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    at_work = set()
    while line := await reader.readline():
        work = asyncio.create_task(answer(driver, json.loads(line)))
        at_work.add(work)
        work.add_done_callback(at_work.discard)
    for work in at_work:
        work.cancel()


async def answer(driver, command):
    number, verb = command.pop("id"), command.pop("do")
    try:
        say(reply=number, **(await getattr(driver, verb)(**command) or {}))
    except Exception as error:
        say(reply=number, fault=f"{type(error).__name__}: {error}")
        raise


if __name__ == "__main__":
    # Whoever finds it hanging learns where.
    faulthandler.register(signal.SIGUSR1)
    asyncio.run(serve(json.loads(sys.argv[1])))
