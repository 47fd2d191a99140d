"""The admin's side of a recorded stream, said again in its order with ids of now."""
import asyncio
import base64
import json

import plugin_pb2 as pb
from sessions import new_id

SLOTS = 4
ANSWER_LIMIT = 30.0


class Replay:
    def __init__(self, sessions, admin, recording):
        self._sessions, self._admin = sessions, admin
        with open(recording, encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        self._said = [pb.AdminToWorkerMessage.FromString(base64.b64decode(row["bytes"])) for row in rows if row["from"] == "admin"]
        ended = {message.job_completed.request_id for message in (pb.WorkerToAdminMessage.FromString(base64.b64decode(row["bytes"])) for row in rows if row["from"] == "worker")}
        self._never_ends = {message.request_id for message in self._said if message.HasField("execute_job_request")} - ended
        self._proposals, self._running, self._ids = {}, set(), {}

    async def run(self):
        """Schemas are asked for by the admin itself when the worker connects. The rest is said here. Returns recorded ids with their new ones."""
        session = self._sessions.any()
        for message in self._said:
            body = message.WhichOneof("body")
            if body == "run_detection_request":
                await self._all_ended()
                await self._detect(session, message.run_detection_request)
            elif body == "execute_job_request":
                await self._execute(session, message.execute_job_request)
        await self._all_ended()
        return {"ids": self._ids}

    async def _detect(self, session, recorded):
        request = pb.RunDetectionRequest()
        request.CopyFrom(recorded)
        request.request_id = self._fresh(recorded.request_id, "detect")
        report = await self._admin.ask(session, request, ANSWER_LIMIT)
        if report["detection_error"]:
            raise RuntimeError(report["detection_error"])
        for proposal in report["proposals"]:
            self._proposals[recorded.job_type, proposal.dedupe_key] = proposal

    async def _execute(self, session, recorded):
        """The job is made of what the worker has proposed now, not of what the recorded one had proposed."""
        while len(self._running) >= SLOTS:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        request = pb.ExecuteJobRequest()
        request.CopyFrom(recorded)
        request.request_id = self._fresh(recorded.request_id, "exec")
        request.job.CopyFrom(self._admin.spec(self._proposals[recorded.job.job_type, recorded.job.dedupe_key], recorded.job.job_type, len(self._ids)))
        pending = self._sessions.expect(request.request_id)
        await session.send(pb.AdminToWorkerMessage(request_id=request.request_id, execute_job_request=request))
        if recorded.request_id not in self._never_ends:
            waiting = asyncio.ensure_future(asyncio.wait_for(pending.ended, ANSWER_LIMIT))
            self._running.add(waiting)
            waiting.add_done_callback(self._running.discard)

    async def _all_ended(self):
        if self._running:
            await asyncio.gather(*self._running)

    def _fresh(self, recorded, prefix):
        self._ids[recorded] = new_id(prefix)
        return self._ids[recorded]
