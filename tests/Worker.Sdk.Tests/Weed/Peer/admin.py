"""Descriptors, configurations, detections and jobs, with the habits that a worker has to live with."""
import asyncio
import time

import plugin_pb2 as pb
from sessions import new_id

RUNTIME_FIELDS = [field.name for field in pb.AdminRuntimeDefaults.DESCRIPTOR.fields]
ACTIVE = ("pending", "assigned", "running")
AT_CAPACITY = "executor is at capacity"


class Job:
    def __init__(self, spec):
        self.spec, self.state, self.error, self.requests = spec, "pending", "", []
        self.progress = 0.0

    @property
    def key(self):
        return self.spec.dedupe_key or self.spec.job_id

    def view(self):
        return {"job_id": self.spec.job_id, "job_type": self.spec.job_type, "state": self.state, "error": self.error, "requests": self.requests, "progress": self.progress}


class Admin:
    def __init__(self, sessions, settings):
        self._sessions, self._settings = sessions, settings
        self._leases, self._reserved, self._sequence = {}, {}, 0
        self.descriptors, self.configs, self.jobs, self.last_success = {}, {}, [], {}

    def describe(self, response):
        """Every successful answer is stored; the first one also makes the configuration, which is never touched again."""
        if not response.success or not response.HasField("job_type_descriptor"):
            return
        descriptor = response.job_type_descriptor
        job_type = response.job_type or descriptor.job_type
        self.descriptors[job_type] = descriptor
        if job_type in self.configs:
            return
        config = pb.PersistedJobTypeConfig(job_type=job_type, descriptor_version=descriptor.descriptor_version, updated_by="plugin")
        for source, target in (
            (descriptor.admin_config_form.default_values, config.admin_config_values),
            (descriptor.worker_default_values or descriptor.worker_config_form.default_values, config.worker_config_values),
        ):
            for name in source:
                target[name].CopyFrom(source[name])
        for field in RUNTIME_FIELDS:
            setattr(config.admin_runtime, field, getattr(descriptor.admin_runtime_defaults, field))
        self.configs[job_type] = config

    def policy(self, job_type, field, otherwise):
        stored, defaults = self.configs.get(job_type), self.descriptors.get(job_type)
        for runtime in (stored and stored.admin_runtime, defaults and defaults.admin_runtime_defaults):
            if runtime and getattr(runtime, field) > 0:
                return getattr(runtime, field)
        return otherwise

    def is_enabled(self, job_type):
        return job_type in self.configs and self.configs[job_type].admin_runtime.enabled

    def progress(self, update):
        """Overwrites whatever is there, without a look at terminal states or older attempts; makes jobs that nobody knows."""
        job = next((job for job in self.jobs if job.spec.job_id == update.job_id), None)
        if update.job_id and not job:
            job = Job(pb.JobSpec(job_id=update.job_id, job_type=update.job_type))
            self.jobs.append(job)
        if job:
            job.state, job.progress = pb.JobState.Name(update.state).removeprefix("JOB_STATE_").lower(), update.progress_percent

    def detector(self, job_type):
        """The lease stays with a worker as long as it lives, also when it fails every time."""
        able = [session for session in self._sessions.live() if (offer := session.capability(job_type)) and offer.can_detect]
        if not able:
            raise RuntimeError(f"no detector worker available for job_type={job_type}")
        leased = next((session for session in able if session.worker_id == self._leases.get(job_type)), able[0])
        self._leases[job_type] = leased.worker_id
        return leased

    async def detect(self, job_type, max_results, timeout):
        session = self.detector(job_type)
        request_id = new_id("detect")
        self._sequence = max(time.time_ns(), self._sequence + 1)
        request = pb.RunDetectionRequest(request_id=request_id, job_type=job_type, detection_sequence=self._sequence, max_results=max_results)
        request.cluster_context.metadata["source"] = "admin"
        if job_type in self.last_success:
            request.last_successful_run.FromSeconds(self.last_success[job_type])
        self._configured(request, job_type)
        return await self.ask(session, request, timeout)

    async def ask(self, session, request, timeout):
        """Sends a detection and collects its batches; a timeout is answered by a cancel, and nobody waits for that."""
        pending = self._sessions.expect(request.request_id)
        try:
            await session.send(pb.AdminToWorkerMessage(request_id=request.request_id, run_detection_request=request))
            end = await asyncio.wait_for(asyncio.shield(pending.ended), timeout)
            error = "" if end.success else f"detection failed for {request.job_type}: {end.error_message}"
        except asyncio.TimeoutError:
            error = "context deadline exceeded"
            await self._cancel(session, request.request_id, pb.WORK_KIND_DETECTION, error)
        finally:
            self._sessions.forget(request.request_id)
        return {
            "request_id": request.request_id,
            "detection_error": error,
            "proposals": [proposal for batch in pending.batches for proposal in batch.proposals],
            "has_more": [batch.has_more for batch in pending.batches],
        }

    async def run(self, job_type, capacity_wait):
        """One scheduled run: what still waits is thrown away, then detect, drop twins, execute all. First come, first served:
        neither priority nor not_before nor expires_at is looked at."""
        if not self.is_enabled(job_type):
            return {"disabled": True}
        cleared = [job for job in self.jobs if job.spec.job_type == job_type and job.state == "pending"]
        for job in cleared:
            job.state, job.error = "canceled", f"cleared queued job before {job_type} run"
        most = self.policy(job_type, "max_jobs_per_detection", 1000)
        report = await self.detect(job_type, most, self.policy(job_type, "detection_timeout_seconds", 45))
        active = {job.key for job in self.jobs if job.spec.job_type == job_type and job.state in ACTIVE}
        made, skipped = [], 0
        for index, proposal in enumerate(report["proposals"]):
            key = proposal.dedupe_key or proposal.proposal_id
            if key in active:
                skipped += 1
                continue
            active.add(key)
            made.append(Job(self.spec(proposal, job_type, index)))
        self.jobs.extend(made)
        limit = asyncio.Semaphore(min(128, self.policy(job_type, "global_execution_concurrency", 1)))

        async def dispatch(job):
            async with limit:
                await self._dispatch(job, capacity_wait)

        await asyncio.gather(*(dispatch(job) for job in made))
        return {"detection_error": report["detection_error"], "jobs": [job.view() for job in made], "skipped_active": skipped, "cleared": [job.view() for job in cleared]}

    def spec(self, proposal, job_type, index):
        spec = pb.JobSpec(
            job_id=f"{proposal.job_type or job_type}-scheduled-{time.time_ns()}-{index}",
            job_type=proposal.job_type or job_type,
            dedupe_key=proposal.dedupe_key,
            priority=proposal.priority or pb.JOB_PRIORITY_NORMAL,
            summary=proposal.summary,
            detail=proposal.detail,
            labels=proposal.labels)
        for name in proposal.parameters:
            spec.parameters[name].CopyFrom(proposal.parameters[name])
        spec.created_at.GetCurrentTime()
        spec.scheduled_at.CopyFrom(proposal.not_before if proposal.HasField("not_before") else spec.created_at)
        return spec

    async def execute(self, spec):
        job = Job(spec)
        self.jobs.append(job)
        await self._dispatch(job, capacity_wait=10.0)
        return job.view()

    async def _dispatch(self, job, capacity_wait):
        until = time.monotonic() + capacity_wait
        while not (session := self._executor(job.spec.job_type)):
            if time.monotonic() > until:
                job.error = f"timed out waiting for executor capacity for {job.spec.job_type}"
                return
            await asyncio.sleep(0.2)
        self._reserved[session.worker_id] = self._reserved.get(session.worker_id, 0) + 1
        try:
            await self._attempts(job, session)
        finally:
            self._reserved[session.worker_id] -= 1

    def _executor(self, job_type):
        """Own jobs count twice: by their reservation, and in the slots that the heartbeat says are used."""
        best, most = None, 0
        for session in self._sessions.live():
            offer = session.capability(job_type)
            if not offer or not offer.can_execute:
                continue
            beat = session.heartbeat
            limits = [self.policy(job_type, "per_worker_execution_concurrency", 1), offer.max_execution_concurrency, beat.execution_slots_total if beat else 0]
            free = min(limit for limit in limits if limit > 0) - (beat.execution_slots_used if beat else 0) - self._reserved.get(session.worker_id, 0)
            if free > most:
                best, most = session, free
        return best

    async def _attempts(self, job, session):
        """All on the same worker. After a timeout the next one does not wait for the end of the former."""
        attempt, limit = 1, 1 + max(0, self.configs[job.spec.job_type].admin_runtime.retry_limit if job.spec.job_type in self.configs else 0)
        while True:
            job.state = "assigned"
            text, is_timeout = await self._attempt(job, session, attempt)
            if text is None:
                job.state, job.error = "succeeded", ""
                return
            job.error = text
            if AT_CAPACITY in text.lower():
                job.state = "pending"
                await asyncio.sleep(0.2)
                continue
            if is_timeout or "context canceled" in text or "deadline exceeded" in text:
                job.state = "canceled"
            else:
                job.state = "failed"
            if attempt == limit:
                return
            attempt += 1
            await asyncio.sleep(self._settings["retry_backoff"])

    async def _attempt(self, job, session, attempt):
        request_id = new_id("exec")
        job.requests.append(request_id)
        request = pb.ExecuteJobRequest(request_id=request_id, job=job.spec, attempt=attempt)
        request.cluster_context.metadata["source"] = "admin"
        self._configured(request, job.spec.job_type)
        pending = self._sessions.expect(request_id)
        floor = self._settings["execution_floor"]
        estimate = min(8 * 3600, job.spec.parameters["estimated_runtime_seconds"].int64_value) if "estimated_runtime_seconds" in job.spec.parameters else 0
        timeout = max(floor, self.policy(job.spec.job_type, "execution_timeout_seconds", 90) if floor >= 90 else floor, estimate)
        try:
            await session.send(pb.AdminToWorkerMessage(request_id=request_id, execute_job_request=request))
            if attempt == 1 and self._settings["timed_from_progress"]:
                await pending.progressed.wait()
            end = await asyncio.wait_for(asyncio.shield(pending.ended), timeout)
            return (None if end.success else end.error_message), False
        except asyncio.TimeoutError:
            await self._cancel(session, request_id, pb.WORK_KIND_EXECUTION, "context deadline exceeded")
            return "context deadline exceeded", True
        finally:
            self._sessions.forget(request_id)

    async def _cancel(self, session, target, kind, reason):
        request_id = new_id("cancel")
        await session.send(pb.AdminToWorkerMessage(request_id=request_id, cancel_request=pb.CancelRequest(target_id=target, target_kind=kind, reason=reason)))

    def _configured(self, request, job_type):
        """The stored configuration as it is: no defaults under it, no limits applied."""
        if config := self.configs.get(job_type):
            request.admin_runtime.CopyFrom(config.admin_runtime)
            for source, target in ((config.admin_config_values, request.admin_config_values), (config.worker_config_values, request.worker_config_values)):
                for name in source:
                    target[name].CopyFrom(source[name])
