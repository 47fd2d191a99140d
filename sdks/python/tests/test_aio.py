"""The asyncio face."""
from __future__ import annotations

import asyncio
import unittest

import plugin_worker.aio

from .support import Gate, ScriptedAdmin, echo, pw, wire


class Face(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.admin = ScriptedAdmin()
        self.addCleanup(self.admin.stop)

    def worker(self, *handlers, on_close=None):
        options = pw.WorkerOptions(address=self.admin.address, worker_id="w-aio")
        return plugin_worker.aio.PluginWorker(options, handlers or [echo], on_close=on_close)

    async def link(self):
        return await asyncio.get_running_loop().run_in_executor(None, self.admin.link)

    async def test_start_wait_stop_and_a_coroutine_on_close(self):
        closed = []

        async def on_close(reason, session):
            self.assertIs(asyncio.get_running_loop(), mine)
            closed.append((reason, session.generation))

        mine = asyncio.get_running_loop()
        async with self.worker(on_close=on_close) as worker:
            self.assertEqual((await worker.start()).generation, 1)
            waiting = asyncio.ensure_future(worker.wait())
            await asyncio.sleep(0)  # It waits from here on.
            await worker.stop()
            self.assertIs((await waiting).reason, pw.CloseReason.STOP_REQUESTED)
            self.assertEqual(closed, [(pw.CloseReason.STOP_REQUESTED, 1)])
            with self.assertRaises(pw.StartFailure):
                self.admin.greeting = lambda link: link.greet(False, "no")
                await worker.start()

    async def test_cancelled_start_is_given_up(self):
        self.admin.greeting = lambda link: None
        async with self.worker() as worker:
            starting = asyncio.ensure_future(worker.start())
            await self.link()
            starting.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await starting
            await worker.stop()
            self.assertIs(worker.state, pw.WorkerState.STOPPED)

    async def test_cancelled_run_drains_first(self):
        gate = Gate()
        async with self.worker(gate) as worker:
            for verb in (worker.run, worker.run_forever):
                running = asyncio.ensure_future(verb())
                link = await self.link()
                job = verb.__name__
                link.execute(job, "gate")
                await asyncio.get_running_loop().run_in_executor(None, gate.wait_begun)
                running.cancel()
                gate.open(job)
                done = await asyncio.get_running_loop().run_in_executor(None, link.expect, "job_completed")
                self.assertTrue(done.success)
                link.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id))
                with self.assertRaises(asyncio.CancelledError):
                    await running
                self.assertIs(worker.state, pw.WorkerState.STOPPED)

    async def test_run_returns_the_reason(self):
        async with self.worker() as worker:
            running = asyncio.ensure_future(worker.run())
            (await self.link()).end()
            self.assertIs((await running).reason, pw.CloseReason.CONNECTION_LOST)
