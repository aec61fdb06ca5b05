"""Generated from openapi.yaml. Do not edit."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from typing_extensions import deprecated

from .._encoding import path_text
from .._events import AsyncEventStream, EventStream
from .._transport import AsyncTransport, Transport
from . import models as m


class Agents:
    """Agents: manifest, lifecycle, model, files, rights."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_agents(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        state: str | None = None,
        mode: str | None = None,
        tag: str | None = None,
        q: str | None = None,
        include_terminated: bool | None = None,
        sort: str | None = None,
        order: str | None = None,
    ) -> list[m.AgentSummary]:
        """List agents.

        A bare array; the headers tell the total and where the next page begins.

        ``GET /api/agents``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            state: One or several states, separated by commas.
            mode: `observe`, `assist` or `full`.
            tag: Only agents with this tag.
            q: Part of name or description, without regard to case in all of Unicode: `ß` is found by `SS`.
            include_terminated: Also agents that were deleted but not uninstalled.
            sort: `created_at`, `name` or `last_active`.
            order: `asc` or `desc`.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/agents",
            list[m.AgentSummary],
            params={
                "limit": limit,
                "cursor": cursor,
                "state": state,
                "mode": mode,
                "tag": tag,
                "q": q,
                "include_terminated": include_terminated,
                "sort": sort,
                "order": order,
            },
        )

    def iter_agents(
        self,
        *,
        limit: int | None = None,
        state: str | None = None,
        mode: str | None = None,
        tag: str | None = None,
        q: str | None = None,
        include_terminated: bool | None = None,
        sort: str | None = None,
        order: str | None = None,
    ) -> Iterator[m.AgentSummary]:
        """List agents: the rows of all pages, one after the other.

        A bare array; the headers tell the total and where the next page begins.

        ``GET /api/agents``

        Args:
            limit: Rows of a page.
            state: One or several states, separated by commas.
            mode: `observe`, `assist` or `full`.
            tag: Only agents with this tag.
            q: Part of name or description, without regard to case in all of Unicode: `ß` is found by `SS`.
            include_terminated: Also agents that were deleted but not uninstalled.
            sort: `created_at`, `name` or `last_active`.
            order: `asc` or `desc`.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/agents",
            list[m.AgentSummary],
            {
                "limit": limit,
                "state": state,
                "mode": mode,
                "tag": tag,
                "q": q,
                "include_terminated": include_terminated,
                "sort": sort,
                "order": order,
            },
        ):
            yield from page

    def create_agent(
        self, body: m.CreateAgent | None = None, *, strict: bool | None = None, idempotency_key: str | None = None
    ) -> m.AgentCreated:
        """Create an agent.

        The agent is ready for messages as soon as the response is sent. A failed create leaves nothing behind.

        The body may have up to 2 MiB.

        ``POST /api/agents``

        Args:
            body: A new agent, from one of `manifest_toml`, `template`, `manifest`, `signed_manifest`, or from `name` alone.
            strict: Same as `strict` of the body.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_manifest`, `manifest_mismatch`, `invalid_template_name`, `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `signature_invalid`, `unsigned`, `signer_not_trusted`, `insufficient_scope`, `origin_not_allowed`
            404: `template_not_found`
            408: `request_timeout`
            409: `duplicate_name`; `invalid_template`: a user's file is no manifest, `idempotency_key_reused`, `idempotency_in_progress`
            413: `manifest_too_large`, `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            "/api/agents",
            m.AgentCreated,
            params={"strict": strict},
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    def get_agent(self, id: str, *, include_terminated: bool | None = None) -> m.Agent:
        """Get an agent.

        ``GET /api/agents/{id}``

        Args:
            id: UUID or exact name of the agent
            include_terminated: Also an agent that was deleted but not uninstalled, by its UUID.

        Raises ApiError:
            400: `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET", f"/api/agents/{path_text(id)}", m.Agent, params={"include_terminated": include_terminated}
        )

    def update_agent(self, id: str, body: m.UpdateAgent | None = None) -> m.AgentChanged:
        """Change an agent.

        All or nothing. Runs under way keep the old settings except for mode, removed grants and block lists. A new name does
        not move the workspace.

        ``PATCH /api/agents/{id}``

        Args:
            id: UUID or exact name of the agent
            body: Changes to an agent; at least one.

        Raises ApiError:
            400: `invalid_manifest`, `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `unsigned`, `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `duplicate_name`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "PATCH", f"/api/agents/{path_text(id)}", m.AgentChanged, json={} if body is None else body
        )

    def delete_agent(self, id: str) -> m.AgentKilled:
        """Terminate an agent.

        Its runs are cancelled, its name is free again, and agents that it spawned go with it unless somebody adopted them.
        Sessions, memory and usage stay until it is uninstalled.

        ``DELETE /api/agents/{id}``

        Args:
            id: UUID or exact name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("DELETE", f"/api/agents/{path_text(id)}", m.AgentKilled)

    def activate_agent(self, id: str, *, idempotency_key: str | None = None) -> m.AgentTransition:
        """Activate an agent.

        Same as `start_agent`.

        ``POST /api/agents/{id}/activate``

        Args:
            id: UUID or exact name of the agent
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/activate",
            m.AgentTransition,
            headers={"Idempotency-Key": idempotency_key},
        )

    def clone_agent(
        self, id: str, body: m.CloneAgent | None = None, *, idempotency_key: str | None = None
    ) -> m.AgentCreated:
        """Clone an agent.

        An independent copy of manifest, mode and persona documents with a workspace of its own. Sessions, memory and usage are
        not copied, nor are `MEMORY.md` and `HEARTBEAT.md`.

        ``POST /api/agents/{id}/clone``

        Args:
            id: UUID or exact name of the agent
            body: What a copy is to be called and how it differs.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_manifest`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `unsigned`, `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `duplicate_name`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/clone",
            m.AgentCreated,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    def update_agent_config(self, id: str, body: m.UpdateAgentConfig | None = None) -> m.AgentChanged:
        """Change an agent's settings.

        One form for name, texts, identity and model. All or nothing.

        ``PATCH /api/agents/{id}/config``

        Args:
            id: UUID or exact name of the agent
            body: One form for name, texts, identity and model. Absent members stay.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `duplicate_name`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "PATCH", f"/api/agents/{path_text(id)}/config", m.AgentChanged, json={} if body is None else body
        )

    def get_agent_effective(self, id: str) -> m.EffectiveView:
        """Get what an agent may do.

        Grants, tools, limits and model in force right now.

        ``GET /api/agents/{id}/effective``

        Args:
            id: UUID or exact name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/agents/{path_text(id)}/effective", m.EffectiveView)

    def list_agent_files(self, id: str) -> m.AgentFileList:
        """List an agent's documents.

        Always all eight: SOUL.md, IDENTITY.md, USER.md, TOOLS.md, MEMORY.md, AGENTS.md, BOOTSTRAP.md, HEARTBEAT.md.

        ``GET /api/agents/{id}/files``

        Args:
            id: UUID or exact name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/agents/{path_text(id)}/files", m.AgentFileList)

    def get_agent_file(self, id: str, filename: str) -> m.AgentFile:
        """Read an agent's document.

        ``GET /api/agents/{id}/files/{filename}``

        Args:
            id: UUID or exact name of the agent
            filename: One of the eight names

        Raises ApiError:
            400: `invalid_filename`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `file_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/agents/{path_text(id)}/files/{path_text(filename)}", m.AgentFile)

    def set_agent_file(self, id: str, filename: str, body: m.SetAgentFile) -> m.AgentFileWritten:
        """Write an agent's document.

        Replaced as a whole and used from the next run on. USER.md, MEMORY.md and BOOTSTRAP.md reach the model as data only.

        ``PUT /api/agents/{id}/files/{filename}``

        Args:
            id: UUID or exact name of the agent
            filename: One of the eight names
            body: The new text of a persona document.

        Raises ApiError:
            400: `invalid_filename`, `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "PUT", f"/api/agents/{path_text(id)}/files/{path_text(filename)}", m.AgentFileWritten, json=body
        )

    def delete_agent_file(self, id: str, filename: str) -> None:
        """Delete an agent's document.

        ``DELETE /api/agents/{id}/files/{filename}``

        Args:
            id: UUID or exact name of the agent
            filename: One of the eight names

        Raises ApiError:
            400: `invalid_filename`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `file_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("DELETE", f"/api/agents/{path_text(id)}/files/{path_text(filename)}", None)

    def update_agent_identity(self, id: str, body: m.UpdateAgentIdentity | None = None) -> m.AgentChanged:
        """Change an agent's identity.

        ``PATCH /api/agents/{id}/identity``

        Args:
            id: UUID or exact name of the agent
            body: The visual identity. Absent members stay, null or `""` clears.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "PATCH", f"/api/agents/{path_text(id)}/identity", m.AgentChanged, json={} if body is None else body
        )

    def get_agent_manifest(self, id: str) -> m.AgentManifestView:
        """Get an agent's manifest.

        As stored, for backup or for creating the agent elsewhere. TOML given at create comes back as it was, comments
        included, until something is changed.

        ``GET /api/agents/{id}/manifest``

        Args:
            id: UUID or exact name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/agents/{path_text(id)}/manifest", m.AgentManifestView)

    def set_agent_mode(self, id: str, body: m.SetAgentMode) -> m.AgentChanged:
        """Set an agent's mode.

        Applies from the next tool call on, also in running runs, and survives a restart.

        ``PUT /api/agents/{id}/mode``

        Args:
            id: UUID or exact name of the agent
            body: A mode, by one of five words in any case.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("PUT", f"/api/agents/{path_text(id)}/mode", m.AgentChanged, json=body)

    def set_agent_model(self, id: str, body: m.SetAgentModel) -> m.AgentModelSet:
        """Switch an agent's model.

        History is kept; the next run uses the new model. A model that the catalogue does not know is accepted with a warning.

        ``PUT /api/agents/{id}/model``

        Args:
            id: UUID or exact name of the agent
            body: A model to switch to.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("PUT", f"/api/agents/{path_text(id)}/model", m.AgentModelSet, json=body)

    def restart_agent(self, id: str, *, idempotency_key: str | None = None) -> m.AgentTransition:
        """Restart an agent.

        Running runs end as cancelled, queued ones start afterwards, sessions stay. A crash and its counters are forgotten.

        ``POST /api/agents/{id}/restart``

        Args:
            id: UUID or exact name of the agent
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/restart",
            m.AgentTransition,
            headers={"Idempotency-Key": idempotency_key},
        )

    def start_agent(self, id: str, *, idempotency_key: str | None = None) -> m.AgentTransition:
        """Start an agent.

        Does nothing to an agent that runs.

        ``POST /api/agents/{id}/start``

        Args:
            id: UUID or exact name of the agent
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/start",
            m.AgentTransition,
            headers={"Idempotency-Key": idempotency_key},
        )

    def stop_agent(
        self, id: str, body: m.StopAgent | None = None, *, idempotency_key: str | None = None
    ) -> m.AgentStopped:
        """Stop an agent's work.

        Cancels running and queued runs and keeps the agent. Text that was produced already is kept. Without the scope
        `agents:write` only runs of the caller's own sessions are cancelled, and naming another session is refused.

        ``POST /api/agents/{id}/stop``

        Args:
            id: UUID or exact name of the agent
            body: Which work to stop.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/stop",
            m.AgentStopped,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    def suspend_agent(
        self, id: str, body: m.SuspendAgent | None = None, *, idempotency_key: str | None = None
    ) -> m.AgentTransition:
        """Suspend an agent.

        Messages are refused until it is started again. A running run finishes its current step and is parked, unless
        `cancel_runs` ends it.

        ``POST /api/agents/{id}/suspend``

        Args:
            id: UUID or exact name of the agent
            body: How to suspend.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `illegal_transition`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/suspend",
            m.AgentTransition,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    def get_agent_tools(self, id: str) -> m.AgentTools:
        """Get an agent's tool filters.

        ``GET /api/agents/{id}/tools``

        Args:
            id: UUID or exact name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/agents/{path_text(id)}/tools", m.AgentTools)

    def set_agent_tools(self, id: str, body: m.SetAgentTools | None = None) -> m.AgentToolsSet:
        """Set an agent's tool filters.

        Names that no tool has now are kept, with a warning.

        ``PUT /api/agents/{id}/tools``

        Args:
            id: UUID or exact name of the agent
            body: New tool filters; at least one, an absent one stays.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "PUT", f"/api/agents/{path_text(id)}/tools", m.AgentToolsSet, json={} if body is None else body
        )

    def uninstall_agent(self, id: str) -> m.AgentUninstalled:
        """Uninstall an agent.

        Terminates the agent if it lives, then erases sessions, messages, the texts of its runs and its documents. The
        workspace folder is removed only if it lies below the workspaces folder inside the server's home and no other agent
        uses it, not even as a named workspace.

        ``DELETE /api/agents/{id}/uninstall``

        Args:
            id: UUID or exact name of the agent; the UUID of a terminated one

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("DELETE", f"/api/agents/{path_text(id)}/uninstall", m.AgentUninstalled)

    def replace_agent(self, id: str, body: m.ReplaceAgent | None = None) -> m.AgentChanged:
        """Replace an agent's manifest.

        With a manifest everything in it is replaced; id, state, mode, sessions, memory and documents stay. Without one the
        named fields change, as in `PATCH /api/agents/{id}`.

        The body may have up to 2 MiB.

        ``PUT /api/agents/{id}/update``

        Args:
            id: UUID or exact name of the agent
            body: A new manifest, or the documented fields.

        Raises ApiError:
            400: `invalid_manifest`, `manifest_mismatch`, `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `signature_invalid`, `unsigned`, `signer_not_trusted`, `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `duplicate_name`
            413: `manifest_too_large`, `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "PUT", f"/api/agents/{path_text(id)}/update", m.AgentChanged, json={} if body is None else body
        )


class Messages:
    """Talking to agents: waiting, streaming, WebSocket."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def send_message(
        self, id: str, body: m.SendMessage, *, idempotency_key: str | None = None
    ) -> m.MessageReply | m.Run:
        """Send a message and wait.

        Waits for the answer, also through the runs before this one in its session. A run that is not over after `wait_secs` goes
        on: then the answer is 202 with the run. Hanging up does not stop it either.

        ``POST /api/agents/{id}/message``

        Args:
            id: Id or name of the agent
            body: A message to an agent. Unknown members are ignored.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `unknown_attachment`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            408: `request_timeout`
            409: `agent_not_running`, `provider_not_configured`, `context_overflow`, `run_timeout`, `run_expired`, `idempotency_key_reused`, `idempotency_in_progress`
            413: the message has more than 65,536 bytes: `payload_too_large`, `payload_too_large`
            415: `unsupported_media_type`
            429: `queue_full`, `quota_exceeded`, `budget_exceeded`, `rate_limited`
            500: `interrupted`, `internal_error`
            502: `upstream_error`, `upstream_auth_failed`, `upstream_rate_limited`, `upstream_timeout`, `upstream_model_not_found`, `upstream_refused`, `invalid_output`; `details` names the run
            503: `draining`
        """
        return self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/message",
            m.MessageReply | m.Run,
            headers={"Idempotency-Key": idempotency_key},
            json=body,
        )

    def send_message_stream(
        self, id: str, body: m.SendMessage, *, idempotency_key: str | None = None
    ) -> EventStream[m.RunEvent]:
        """Send a message and stream the answer.

        The events of the run as Server-Sent Events: `event` is the `type` of the data, `id` rises within the run. The last one is
        `done` or `error`. Hanging up does not stop the run; `GET /api/runs/{id}/stream` resumes it.

        ``POST /api/agents/{id}/message/stream``

        Args:
            id: Id or name of the agent
            body: A message to an agent. Unknown members are ignored.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `unknown_attachment`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            408: `request_timeout`
            409: `agent_not_running`, `provider_not_configured`, `context_overflow`, `run_timeout`, `run_expired`, `idempotency_key_reused`, `idempotency_in_progress`
            413: the message has more than 65,536 bytes: `payload_too_large`, `payload_too_large`
            415: `unsupported_media_type`
            429: `queue_full`, `quota_exceeded`, `budget_exceeded`, `rate_limited`
            500: `interrupted`, `internal_error`
            502: `upstream_error`, `upstream_auth_failed`, `upstream_rate_limited`, `upstream_timeout`, `upstream_model_not_found`, `upstream_refused`, `invalid_output`; `details` names the run
            503: `draining`
        """
        return self._transport.stream(
            "POST",
            f"/api/agents/{path_text(id)}/message/stream",
            m.RunEvent,
            headers={"Idempotency-Key": idempotency_key},
            json=body,
        )

    def list_commands(self, *, surface: m.Surface | None = None) -> m.CommandList:
        """List slash commands.

        For menus and help: the commands that work.

        ``GET /api/commands``

        Args:
            surface: Where they can be typed.

        Raises ApiError:
            400: `invalid_request`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/api/commands", m.CommandList, params={"surface": surface})


class Runs:
    """Runs: the durable work behind every message."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create_run(self, id: str, body: m.SendMessage, *, idempotency_key: str | None = None) -> m.Run:
        """Send a message without waiting.

        Answers as soon as the run is stored; what happens then shows in the run.

        ``POST /api/agents/{id}/runs``

        Args:
            id: Id or name of the agent
            body: A message to an agent. Unknown members are ignored.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `unknown_attachment`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            408: `request_timeout`
            409: `agent_not_running`, `provider_not_configured`, `idempotency_key_reused`, `idempotency_in_progress`
            413: the message has more than 65,536 bytes: `payload_too_large`, `payload_too_large`
            415: `unsupported_media_type`
            429: `queue_full`, `rate_limited`
            500: `internal_error`
            503: `draining`
        """
        return self._transport.call(
            "POST", f"/api/agents/{path_text(id)}/runs", m.Run, headers={"Idempotency-Key": idempotency_key}, json=body
        )

    def list_runs(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        agent: str | None = None,
        session_id: UUID | str | None = None,
        status: str | None = None,
        door: m.Door | None = None,
        parent_run_id: UUID | str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> m.RunList:
        """List runs.

        Of all agents, newest first. Message and answer are cut to 256 characters.

        ``GET /api/runs``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            agent: Id or name of the agent.
            session_id: Runs of this session.
            status: One or more statuses, separated by commas.
            door: Where it came in.
            parent_run_id: Runs that this one started.
            after: Queued at this time or later.
            before: Queued before this time.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/runs",
            m.RunList,
            params={
                "limit": limit,
                "cursor": cursor,
                "agent": agent,
                "session_id": session_id,
                "status": status,
                "door": door,
                "parent_run_id": parent_run_id,
                "after": after,
                "before": before,
            },
        )

    def iter_runs(
        self,
        *,
        limit: int | None = None,
        agent: str | None = None,
        session_id: UUID | str | None = None,
        status: str | None = None,
        door: m.Door | None = None,
        parent_run_id: UUID | str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> Iterator[m.Run]:
        """List runs: the rows of all pages, one after the other.

        Of all agents, newest first. Message and answer are cut to 256 characters.

        ``GET /api/runs``

        Args:
            limit: Rows of a page.
            agent: Id or name of the agent.
            session_id: Runs of this session.
            status: One or more statuses, separated by commas.
            door: Where it came in.
            parent_run_id: Runs that this one started.
            after: Queued at this time or later.
            before: Queued before this time.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/runs",
            m.RunList,
            {
                "limit": limit,
                "agent": agent,
                "session_id": session_id,
                "status": status,
                "door": door,
                "parent_run_id": parent_run_id,
                "after": after,
                "before": before,
            },
        ):
            yield from page.runs

    def get_run(self, id: UUID | str, *, wait_secs: int | None = None) -> m.Run:
        """Get a run.

        ``GET /api/runs/{id}``

        Args:
            id: The run
            wait_secs: Seconds to wait for the end of the run before answering.

        Raises ApiError:
            400: `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `run_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/runs/{path_text(id)}", m.Run, params={"wait_secs": wait_secs})

    def cancel_run(
        self, id: UUID | str, body: m.CancelRun | None = None, *, idempotency_key: str | None = None
    ) -> m.Run:
        """Cancel a run.

        Reaches the model call and the tools; what was written is kept. 202 while the run is on its way to the end, 200 when it was
        over before. Runs of another caller's session need the scope `agents:write` besides.

        ``POST /api/runs/{id}/cancel``

        Args:
            id: The run
            body: Why a run is cancelled.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `run_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/runs/{path_text(id)}/cancel",
            m.Run,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    def list_run_steps(
        self, id: UUID | str, *, limit: int | None = None, cursor: str | None = None, kind: str | None = None
    ) -> m.RunStepList:
        """List the steps of a run.

        Every model call, tool call, approval and compaction, in order.

        ``GET /api/runs/{id}/steps``

        Args:
            id: The run
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            kind: `model_call`, `tool_call`, `approval` or `compaction`.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `run_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            f"/api/runs/{path_text(id)}/steps",
            m.RunStepList,
            params={"limit": limit, "cursor": cursor, "kind": kind},
        )

    def iter_run_steps(
        self, id: UUID | str, *, limit: int | None = None, kind: str | None = None
    ) -> Iterator[m.RunStep]:
        """List the steps of a run: the rows of all pages, one after the other.

        Every model call, tool call, approval and compaction, in order.

        ``GET /api/runs/{id}/steps``

        Args:
            id: The run
            limit: Rows of a page.
            kind: `model_call`, `tool_call`, `approval` or `compaction`.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `run_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            f"/api/runs/{path_text(id)}/steps", m.RunStepList, {"limit": limit, "kind": kind}
        ):
            yield from page.steps

    def stream_run(self, id: UUID | str, *, after: int | None = None) -> EventStream[m.RunEvent]:
        """Follow a run.

        Its events from the beginning, or behind `Last-Event-ID`, then live; a finished run is replayed. 204 when its last event
        was seen already.

        ``GET /api/runs/{id}/stream``

        Args:
            id: The run
            after: Only later events; the header `Last-Event-ID` comes first.

        Raises ApiError:
            400: `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `run_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.stream("GET", f"/api/runs/{path_text(id)}/stream", m.RunEvent, params={"after": after})


class Sessions:
    """Sessions: the conversations of an agent."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def clear_agent_history(self, id: str) -> m.HistoryCleared:
        """Clear the history of an agent.

        Erases all its sessions and messages; runs are cancelled first. Memories and usage stay.

        ``DELETE /api/agents/{id}/history``

        Args:
            id: Id or name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("DELETE", f"/api/agents/{path_text(id)}/history", m.HistoryCleared)

    def get_agent_session(
        self,
        id: str,
        *,
        include_system: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        session_id: UUID | str | None = None,
    ) -> m.Conversation:
        """Get the active session.

        The session that the caller's next message goes to, or another one of this agent, with its conversation, folded for
        display. 404 before the caller's first message.

        ``GET /api/agents/{id}/session``

        Args:
            id: Id or name of the agent
            include_system: Also summaries and words of the server.
            limit: Newest messages.
            cursor: `next_cursor` of the newer part.
            session_id: Another session of this agent than the caller's active one.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            f"/api/agents/{path_text(id)}/session",
            m.Conversation,
            params={"include_system": include_system, "limit": limit, "cursor": cursor, "session_id": session_id},
        )

    def iter_get_agent_session(
        self,
        id: str,
        *,
        include_system: bool | None = None,
        limit: int | None = None,
        session_id: UUID | str | None = None,
    ) -> Iterator[m.Message]:
        """Get the active session: the rows of all pages, one after the other.

        The session that the caller's next message goes to, or another one of this agent, with its conversation, folded for
        display. 404 before the caller's first message.

        ``GET /api/agents/{id}/session``

        Args:
            id: Id or name of the agent
            include_system: Also summaries and words of the server.
            limit: Newest messages.
            session_id: Another session of this agent than the caller's active one.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            f"/api/agents/{path_text(id)}/session",
            m.Conversation,
            {"include_system": include_system, "limit": limit, "session_id": session_id},
        ):
            yield from page.messages

    def get_agent_context(self, id: str, *, session_id: UUID | str | None = None) -> m.ContextReport:
        """How full the context is.

        What the next call of the model would send, and where it goes.

        ``GET /api/agents/{id}/session/context``

        Args:
            id: Id or name of the agent
            session_id: Another session of this agent than the caller's active one.

        Raises ApiError:
            400: `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET", f"/api/agents/{path_text(id)}/session/context", m.ContextReport, params={"session_id": session_id}
        )

    def reset_agent_session(
        self, id: str, body: m.ResetSession | None = None, *, idempotency_key: str | None = None
    ) -> m.SessionReset:
        """Start over.

        A fresh session takes the place of the active one. Its running and queued runs are cancelled; it stays readable unless
        `delete_old` is set. Budgets and quotas are untouched.

        ``POST /api/agents/{id}/session/reset``

        Args:
            id: Id or name of the agent
            body: How to start over.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/session/reset",
            m.SessionReset,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    def list_agent_sessions(
        self,
        id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        kind: m.SessionKind | None = None,
        label: str | None = None,
    ) -> m.SessionList:
        """List the sessions of an agent.

        Latest activity first.

        ``GET /api/agents/{id}/sessions``

        Args:
            id: Id or name of the agent
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            kind: What kind of conversation.
            label: The whole label.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            f"/api/agents/{path_text(id)}/sessions",
            m.SessionList,
            params={"limit": limit, "cursor": cursor, "kind": kind, "label": label},
        )

    def iter_agent_sessions(
        self, id: str, *, limit: int | None = None, kind: m.SessionKind | None = None, label: str | None = None
    ) -> Iterator[m.Session]:
        """List the sessions of an agent: the rows of all pages, one after the other.

        Latest activity first.

        ``GET /api/agents/{id}/sessions``

        Args:
            id: Id or name of the agent
            limit: Rows of a page.
            kind: What kind of conversation.
            label: The whole label.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            f"/api/agents/{path_text(id)}/sessions", m.SessionList, {"limit": limit, "kind": kind, "label": label}
        ):
            yield from page.sessions

    def create_agent_session(
        self, id: str, body: m.CreateSession | None = None, *, idempotency_key: str | None = None
    ) -> m.Session:
        """Create a session.

        It becomes the caller's active one unless `activate` is false. Runs already queued stay in their session.

        ``POST /api/agents/{id}/sessions``

        Args:
            id: Id or name of the agent
            body: A new session.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `session_label_taken`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/sessions",
            m.Session,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    def find_session_by_label(self, id: str, label: str) -> m.Session:
        """Find a session by its label.

        The agent's session with exactly this label.

        ``GET /api/agents/{id}/sessions/by-label/{label}``

        Args:
            id: Id or name of the agent
            label: The label

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET", f"/api/agents/{path_text(id)}/sessions/by-label/{path_text(label)}", m.Session
        )

    def switch_agent_session(
        self, id: str, session_id: UUID | str, *, idempotency_key: str | None = None
    ) -> m.SessionSwitched:
        """Switch to a session.

        Its owner's next message goes there.

        ``POST /api/agents/{id}/sessions/{session_id}/switch``

        Args:
            id: Id or name of the agent
            session_id: The session
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/sessions/{path_text(session_id)}/switch",
            m.SessionSwitched,
            headers={"Idempotency-Key": idempotency_key},
        )

    def list_sessions(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        agent: str | None = None,
        kind: m.SessionKind | None = None,
        q: str | None = None,
        active: bool | None = None,
    ) -> m.SessionList:
        """List sessions.

        Of all agents, latest activity first; those of terminated agents included.

        ``GET /api/sessions``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            agent: Id or name of the agent; also read as `agent_id`.
            kind: What kind of conversation.
            q: Part of the label, in any case.
            active: Only those that get, or do not get, their owner's next message.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/sessions",
            m.SessionList,
            params={"limit": limit, "cursor": cursor, "agent": agent, "kind": kind, "q": q, "active": active},
        )

    def iter_sessions(
        self,
        *,
        limit: int | None = None,
        agent: str | None = None,
        kind: m.SessionKind | None = None,
        q: str | None = None,
        active: bool | None = None,
    ) -> Iterator[m.Session]:
        """List sessions: the rows of all pages, one after the other.

        Of all agents, latest activity first; those of terminated agents included.

        ``GET /api/sessions``

        Args:
            limit: Rows of a page.
            agent: Id or name of the agent; also read as `agent_id`.
            kind: What kind of conversation.
            q: Part of the label, in any case.
            active: Only those that get, or do not get, their owner's next message.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/sessions", m.SessionList, {"limit": limit, "agent": agent, "kind": kind, "q": q, "active": active}
        ):
            yield from page.sessions

    def get_session(
        self, id: UUID | str, *, include_system: bool | None = None, limit: int | None = None, cursor: str | None = None
    ) -> m.Conversation:
        """Get a session.

        With its conversation, folded for display: results of tools stand with the calls.

        ``GET /api/sessions/{id}``

        Args:
            id: The session
            include_system: Also summaries and words of the server.
            limit: Newest messages.
            cursor: `next_cursor` of the newer part.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            f"/api/sessions/{path_text(id)}",
            m.Conversation,
            params={"include_system": include_system, "limit": limit, "cursor": cursor},
        )

    def iter_get_session(
        self, id: UUID | str, *, include_system: bool | None = None, limit: int | None = None
    ) -> Iterator[m.Message]:
        """Get a session: the rows of all pages, one after the other.

        With its conversation, folded for display: results of tools stand with the calls.

        ``GET /api/sessions/{id}``

        Args:
            id: The session
            include_system: Also summaries and words of the server.
            limit: Newest messages.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            f"/api/sessions/{path_text(id)}", m.Conversation, {"include_system": include_system, "limit": limit}
        ):
            yield from page.messages

    def delete_session(self, id: UUID | str) -> m.SessionDeleted:
        """Delete a session.

        With its messages and all that was said in its runs. Its usage stays.

        ``DELETE /api/sessions/{id}``

        Args:
            id: The session

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("DELETE", f"/api/sessions/{path_text(id)}", m.SessionDeleted)

    def set_session_label(self, id: UUID | str, body: m.SetSessionLabel) -> m.SessionLabelSet:
        """Name a session.

        ``PUT /api/sessions/{id}/label``

        Args:
            id: The session
            body: Label of a session.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `session_not_found`
            408: `request_timeout`
            409: `session_label_taken`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("PUT", f"/api/sessions/{path_text(id)}/label", m.SessionLabelSet, json=body)

    def list_session_messages(
        self,
        id: UUID | str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        order: Literal["asc", "desc"] | None = None,
        role: Literal["user", "assistant", "system", "tool"] | None = None,
        after_seq: int | None = None,
    ) -> m.MessageList:
        """List the messages of a session.

        The rows as they are stored: words of the server and results of tools included, nothing folded.

        ``GET /api/sessions/{id}/messages``

        Args:
            id: The session
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            order: By number.
            role: Role, in any case.
            after_seq: Only messages with a higher number.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            f"/api/sessions/{path_text(id)}/messages",
            m.MessageList,
            params={"limit": limit, "cursor": cursor, "order": order, "role": role, "after_seq": after_seq},
        )

    def iter_session_messages(
        self,
        id: UUID | str,
        *,
        limit: int | None = None,
        order: Literal["asc", "desc"] | None = None,
        role: Literal["user", "assistant", "system", "tool"] | None = None,
        after_seq: int | None = None,
    ) -> Iterator[m.Message]:
        """List the messages of a session: the rows of all pages, one after the other.

        The rows as they are stored: words of the server and results of tools included, nothing folded.

        ``GET /api/sessions/{id}/messages``

        Args:
            id: The session
            limit: Rows of a page.
            order: By number.
            role: Role, in any case.
            after_seq: Only messages with a higher number.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            f"/api/sessions/{path_text(id)}/messages",
            m.MessageList,
            {"limit": limit, "order": order, "role": role, "after_seq": after_seq},
        ):
            yield from page.messages


class Memory:
    """What agents remember: key-values, semantic memories, the knowledge graph."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def consolidate_memories(
        self, id: str, body: m.ConsolidateMemories | None = None, *, idempotency_key: str | None = None
    ) -> m.MemoriesConsolidated:
        """Consolidate memories.

        Merges near-duplicates: the longest text stays, with the highest confidence and the metadata of all. Memories that were not
        used for 7 days lose some confidence, once a day and never below 0.1. Calls no model; the server also does it by itself.

        ``POST /api/memory/agents/{id}/consolidate``

        Args:
            id: UUID or exact name of the agent
            body: How memories are tidied up.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/memory/agents/{path_text(id)}/consolidate",
            m.MemoriesConsolidated,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    def list_agent_kv(
        self,
        id: str,
        *,
        prefix: str | None = None,
        namespace: Literal["self", "user", "shared", "all"] | None = None,
        user: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.KvList:
        """List key-values.

        The agent's own, with `user` also those of that person, and the shared ones.

        ``GET /api/memory/agents/{id}/kv``

        Args:
            id: UUID or exact name of the agent
            prefix: What the key begins with.
            namespace: One namespace.
            user: The person of the namespace `user`: a sender id of yours, the name of the login, or the form in which others' are shown.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            f"/api/memory/agents/{path_text(id)}/kv",
            m.KvList,
            params={"prefix": prefix, "namespace": namespace, "user": user, "limit": limit, "cursor": cursor},
        )

    def iter_agent_kv(
        self,
        id: str,
        *,
        prefix: str | None = None,
        namespace: Literal["self", "user", "shared", "all"] | None = None,
        user: str | None = None,
        limit: int | None = None,
    ) -> Iterator[m.KvPair]:
        """List key-values: the rows of all pages, one after the other.

        The agent's own, with `user` also those of that person, and the shared ones.

        ``GET /api/memory/agents/{id}/kv``

        Args:
            id: UUID or exact name of the agent
            prefix: What the key begins with.
            namespace: One namespace.
            user: The person of the namespace `user`: a sender id of yours, the name of the login, or the form in which others' are shown.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            f"/api/memory/agents/{path_text(id)}/kv",
            m.KvList,
            {"prefix": prefix, "namespace": namespace, "user": user, "limit": limit},
        ):
            yield from page.kv_pairs

    def get_agent_kv(self, id: str, key: str, *, user: str | None = None) -> m.KvPair:
        """Read a value.

        A key without a namespace is looked for with the person (`user`), then with the agent itself, then among the shared ones.

        ``GET /api/memory/agents/{id}/kv/{key}``

        Args:
            id: UUID or exact name of the agent
            key: Key, percent-encoded
            user: The person of the namespace `user`: a sender id of yours, the name of the login, or the form in which others' are shown.

        Raises ApiError:
            400: `invalid_key`, `invalid_request`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `key_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET", f"/api/memory/agents/{path_text(id)}/kv/{path_text(key)}", m.KvPair, params={"user": user}
        )

    def set_agent_kv(self, id: str, key: str, body: m.SetKv, *, user: str | None = None) -> m.KvStored:
        """Store a value.

        A key without a namespace is the agent's own, also where reading would look further. A body without the member `value`
        is itself the value.

        ``PUT /api/memory/agents/{id}/kv/{key}``

        Args:
            id: UUID or exact name of the agent
            key: Key, percent-encoded
            body: A value to be stored. A body without the member `value`, or no object, is itself the value.
            user: The person of the namespace `user`: a sender id of yours, the name of the login, or the form in which others' are shown.

        Raises ApiError:
            400: `invalid_key`, `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `version_conflict`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "PUT",
            f"/api/memory/agents/{path_text(id)}/kv/{path_text(key)}",
            m.KvStored,
            params={"user": user},
            json=body,
        )

    def delete_agent_kv(self, id: str, key: str, *, user: str | None = None) -> m.KvDeleted:
        """Delete a value.

        A key without a namespace is the agent's own.

        ``DELETE /api/memory/agents/{id}/kv/{key}``

        Args:
            id: UUID or exact name of the agent
            key: Key, percent-encoded
            user: The person of the namespace `user`: a sender id of yours, the name of the login, or the form in which others' are shown.

        Raises ApiError:
            400: `invalid_key`, `invalid_request`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `key_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "DELETE", f"/api/memory/agents/{path_text(id)}/kv/{path_text(key)}", m.KvDeleted, params={"user": user}
        )

    def list_memories(
        self,
        id: str,
        *,
        user: str | None = None,
        scope: str | None = None,
        source: Literal["conversation", "document", "observation", "inference", "user_provided", "system"]
        | None = None,
        min_confidence: float | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        q: str | None = None,
        include_embedding: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.MemoryList:
        """List memories.

        Newest first. Listing does not count as use.

        ``GET /api/memory/agents/{id}/memories``

        Args:
            id: UUID or exact name of the agent
            user: Also what is kept about this person; otherwise only what the agent keeps for itself.
            scope: Only this scope.
            source: Only this source.
            min_confidence: Only memories at least so sure.
            after: Only what was remembered after this time.
            before: Only what was remembered before this time.
            q: Part of the content.
            include_embedding: Show the vectors.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            f"/api/memory/agents/{path_text(id)}/memories",
            m.MemoryList,
            params={
                "user": user,
                "scope": scope,
                "source": source,
                "min_confidence": min_confidence,
                "after": after,
                "before": before,
                "q": q,
                "include_embedding": include_embedding,
                "limit": limit,
                "cursor": cursor,
            },
        )

    def iter_memories(
        self,
        id: str,
        *,
        user: str | None = None,
        scope: str | None = None,
        source: Literal["conversation", "document", "observation", "inference", "user_provided", "system"]
        | None = None,
        min_confidence: float | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        q: str | None = None,
        include_embedding: bool | None = None,
        limit: int | None = None,
    ) -> Iterator[m.MemoryFragment]:
        """List memories: the rows of all pages, one after the other.

        Newest first. Listing does not count as use.

        ``GET /api/memory/agents/{id}/memories``

        Args:
            id: UUID or exact name of the agent
            user: Also what is kept about this person; otherwise only what the agent keeps for itself.
            scope: Only this scope.
            source: Only this source.
            min_confidence: Only memories at least so sure.
            after: Only what was remembered after this time.
            before: Only what was remembered before this time.
            q: Part of the content.
            include_embedding: Show the vectors.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            f"/api/memory/agents/{path_text(id)}/memories",
            m.MemoryList,
            {
                "user": user,
                "scope": scope,
                "source": source,
                "min_confidence": min_confidence,
                "after": after,
                "before": before,
                "q": q,
                "include_embedding": include_embedding,
                "limit": limit,
            },
        ):
            yield from page.memories

    def create_memory(self, id: str, body: m.CreateMemory, *, idempotency_key: str | None = None) -> m.MemoryFragment:
        """Remember something.

        The same content about the same person in the same scope is kept once: the memory that is there is returned with 200,
        with the larger confidence. When the embedder is out of reach, the vector is made later.

        ``POST /api/memory/agents/{id}/memories``

        Args:
            id: UUID or exact name of the agent
            body: Something to remember.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_embedding`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/memory/agents/{path_text(id)}/memories",
            m.MemoryFragment,
            headers={"Idempotency-Key": idempotency_key},
            json=body,
        )

    def delete_memories(
        self,
        id: str,
        *,
        user: str | None = None,
        scope: str | None = None,
        source: Literal["conversation", "document", "observation", "inference", "user_provided", "system"]
        | None = None,
        before: datetime | None = None,
        max_confidence: float | None = None,
        all: bool | None = None,
    ) -> m.MemoriesDeleted:
        """Forget many memories.

        Those that fit all filters, of everybody unless `user` names somebody.

        ``DELETE /api/memory/agents/{id}/memories``

        Args:
            id: UUID or exact name of the agent
            user: Only what is kept about this person.
            scope: Only this scope.
            source: Only this source.
            before: Only what was remembered before this time.
            max_confidence: Only memories at most so sure.
            all: Must be true to forget without a filter.

        Raises ApiError:
            400: `invalid_request`: neither a filter nor `all=true`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "DELETE",
            f"/api/memory/agents/{path_text(id)}/memories",
            m.MemoriesDeleted,
            params={
                "user": user,
                "scope": scope,
                "source": source,
                "before": before,
                "max_confidence": max_confidence,
                "all": all,
            },
        )

    def get_memory(self, id: str, memory_id: UUID | str, *, include_embedding: bool | None = None) -> m.MemoryFragment:
        """Read a memory.

        ``GET /api/memory/agents/{id}/memories/{memory_id}``

        Args:
            id: UUID or exact name of the agent
            memory_id: The memory
            include_embedding: Show the vector.

        Raises ApiError:
            400: `invalid_id`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `memory_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            f"/api/memory/agents/{path_text(id)}/memories/{path_text(memory_id)}",
            m.MemoryFragment,
            params={"include_embedding": include_embedding},
        )

    def update_memory(self, id: str, memory_id: UUID | str, body: m.UpdateMemory | None = None) -> m.MemoryFragment:
        """Correct a memory.

        A new content gets a new vector.

        ``PATCH /api/memory/agents/{id}/memories/{memory_id}``

        Args:
            id: UUID or exact name of the agent
            memory_id: The memory
            body: A correction. What is absent stays.

        Raises ApiError:
            400: `invalid_id`, `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `memory_not_found`
            408: `request_timeout`
            409: `conflict`: another memory of this scope has that content
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "PATCH",
            f"/api/memory/agents/{path_text(id)}/memories/{path_text(memory_id)}",
            m.MemoryFragment,
            json={} if body is None else body,
        )

    def delete_memory(self, id: str, memory_id: UUID | str) -> None:
        """Forget a memory.

        ``DELETE /api/memory/agents/{id}/memories/{memory_id}``

        Args:
            id: UUID or exact name of the agent
            memory_id: The memory

        Raises ApiError:
            400: `invalid_id`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `memory_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "DELETE", f"/api/memory/agents/{path_text(id)}/memories/{path_text(memory_id)}", None
        )

    def export_memory(
        self, *, agent: str | None = None, include: str | None = None, embeddings: bool | None = None
    ) -> m.MemoryExport:
        """Export memory.

        Everything in one document, which `import_memory` takes in again.

        ``GET /api/memory/export``

        Args:
            agent: Only key-values and memories of this agent: id or name.
            include: Kinds, between commas: kv, memories.
            embeddings: With the vectors.

        Raises ApiError:
            400: `invalid_request`, `invalid_request`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/memory/export",
            m.MemoryExport,
            params={"agent": agent, "include": include, "embeddings": embeddings},
        )

    def list_entities(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        q: str | None = None,
        entity_type: str | None = None,
        scope: m.GraphScope | None = None,
        agent: str | None = None,
    ) -> m.EntityList:
        """List entities.

        By name, of all agents.

        ``GET /api/memory/graph/entities``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            q: Part of the name or an alias, in any case.
            entity_type: Only entities of this type.
            scope: Only entities of this scope.
            agent: Id or name of the agent that owns or added them.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/memory/graph/entities",
            m.EntityList,
            params={
                "limit": limit,
                "cursor": cursor,
                "q": q,
                "entity_type": entity_type,
                "scope": scope,
                "agent": agent,
            },
        )

    def iter_entities(
        self,
        *,
        limit: int | None = None,
        q: str | None = None,
        entity_type: str | None = None,
        scope: m.GraphScope | None = None,
        agent: str | None = None,
    ) -> Iterator[m.Entity]:
        """List entities: the rows of all pages, one after the other.

        By name, of all agents.

        ``GET /api/memory/graph/entities``

        Args:
            limit: Rows of a page.
            q: Part of the name or an alias, in any case.
            entity_type: Only entities of this type.
            scope: Only entities of this scope.
            agent: Id or name of the agent that owns or added them.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/memory/graph/entities",
            m.EntityList,
            {"limit": limit, "q": q, "entity_type": entity_type, "scope": scope, "agent": agent},
        ):
            yield from page.entities

    def create_entity(self, body: m.CreateEntity, *, idempotency_key: str | None = None) -> m.Entity:
        """Add an entity.

        Or bring the one up to date that is there already: with this id, or without an id in the request with this name and
        type in the same scope. Its name, aliases and properties are replaced.

        ``POST /api/memory/graph/entities``

        Args:
            body: An entity to be added, or brought up to date when it is already there.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `duplicate_entity`: the id, or name and type, belong to another one, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST", "/api/memory/graph/entities", m.Entity, headers={"Idempotency-Key": idempotency_key}, json=body
        )

    def get_entity(self, entity_id: str) -> m.EntityDetail:
        """Get an entity.

        With the number of its relations.

        ``GET /api/memory/graph/entities/{entity_id}``

        Args:
            entity_id: The entity

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `entity_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/memory/graph/entities/{path_text(entity_id)}", m.EntityDetail)

    def update_entity(self, entity_id: str, body: m.UpdateEntity | None = None) -> m.Entity:
        """Change an entity.

        Absent members stay; properties are merged.

        ``PATCH /api/memory/graph/entities/{entity_id}``

        Args:
            entity_id: The entity
            body: Changes to an entity. Absent members stay; null clears lists and properties.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `entity_not_found`
            408: `request_timeout`
            409: `duplicate_entity`: another one of the scope has this name and type
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "PATCH", f"/api/memory/graph/entities/{path_text(entity_id)}", m.Entity, json={} if body is None else body
        )

    def delete_entity(self, entity_id: str) -> m.EntityDeleted:
        """Delete an entity.

        And every relation that touches it.

        ``DELETE /api/memory/graph/entities/{entity_id}``

        Args:
            entity_id: The entity

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `entity_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("DELETE", f"/api/memory/graph/entities/{path_text(entity_id)}", m.EntityDeleted)

    def query_graph(self, body: m.QueryGraph | None = None, *, idempotency_key: str | None = None) -> m.GraphMatches:
        """Find connections.

        From one end: its relations, theirs and so on, breadth first; each relation once, with the depth at which it was first
        reached. Between two ends: the relations on paths that visit no entity twice. Without an end: all relations, the surest
        first. `relation` and `min_confidence` hold for every hop. An unknown name finds nothing.

        ``POST /api/memory/graph/query``

        Args:
            body: A search from one entity, between two, or for relations of any.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            "/api/memory/graph/query",
            m.GraphMatches,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    def list_relations(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        source: str | None = None,
        target: str | None = None,
        relation: str | None = None,
        min_confidence: float | None = None,
        scope: m.GraphScope | None = None,
        agent: str | None = None,
    ) -> m.RelationList:
        """List relations.

        Newest first, of all agents.

        ``GET /api/memory/graph/relations``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            source: Id, name or alias of the entity they start from.
            target: Id, name or alias of the entity they lead to.
            relation: Only relations of this kind.
            min_confidence: Only relations that are at least so sure.
            scope: Only relations of this scope.
            agent: Id or name of the agent that owns or added them.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/memory/graph/relations",
            m.RelationList,
            params={
                "limit": limit,
                "cursor": cursor,
                "source": source,
                "target": target,
                "relation": relation,
                "min_confidence": min_confidence,
                "scope": scope,
                "agent": agent,
            },
        )

    def iter_relations(
        self,
        *,
        limit: int | None = None,
        source: str | None = None,
        target: str | None = None,
        relation: str | None = None,
        min_confidence: float | None = None,
        scope: m.GraphScope | None = None,
        agent: str | None = None,
    ) -> Iterator[m.Relation]:
        """List relations: the rows of all pages, one after the other.

        Newest first, of all agents.

        ``GET /api/memory/graph/relations``

        Args:
            limit: Rows of a page.
            source: Id, name or alias of the entity they start from.
            target: Id, name or alias of the entity they lead to.
            relation: Only relations of this kind.
            min_confidence: Only relations that are at least so sure.
            scope: Only relations of this scope.
            agent: Id or name of the agent that owns or added them.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/memory/graph/relations",
            m.RelationList,
            {
                "limit": limit,
                "source": source,
                "target": target,
                "relation": relation,
                "min_confidence": min_confidence,
                "scope": scope,
                "agent": agent,
            },
        ):
            yield from page.relations

    def create_relation(self, body: m.CreateRelation, *, idempotency_key: str | None = None) -> m.Relation:
        """Connect two entities.

        Or bring the relation up to date that is there already, with the same source, relation and target in the same scope:
        its confidence and properties are replaced. A name must fit exactly one entity; names count before aliases.

        ``POST /api/memory/graph/relations``

        Args:
            body: A relation to be added, or brought up to date when it is already there.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `entity_not_found`, `agent_not_found`
            408: `request_timeout`
            409: `ambiguous_entity`: several have the name; `details` has their ids, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST", "/api/memory/graph/relations", m.Relation, headers={"Idempotency-Key": idempotency_key}, json=body
        )

    def get_relation(self, relation_id: UUID | str) -> m.Relation:
        """Get a relation.

        ``GET /api/memory/graph/relations/{relation_id}``

        Args:
            relation_id: The relation

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `relation_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/memory/graph/relations/{path_text(relation_id)}", m.Relation)

    def delete_relation(self, relation_id: UUID | str) -> None:
        """Delete a relation.

        Its entities stay.

        ``DELETE /api/memory/graph/relations/{relation_id}``

        Args:
            relation_id: The relation

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `relation_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("DELETE", f"/api/memory/graph/relations/{path_text(relation_id)}", None)

    def import_memory(
        self,
        body: m.MemoryExport,
        *,
        mode: Literal["merge", "replace", "skip"] | None = None,
        agent: str | None = None,
        on_error: Literal["abort", "skip"] | None = None,
        dry_run: bool | None = None,
        idempotency_key: str | None = None,
    ) -> m.MemoryImported:
        """Import memory.

        In one transaction. Agents of the document are found by id, then by name. Vectors that are missing, or of another embedder,
        are made afterwards.

        The body may have up to 64 MiB.

        ``POST /api/memory/import``

        Args:
            body: All memory in one document. People are named in a form that means the same to every caller.
            mode: What becomes of what is there already.
            agent: Put everything of agents under this one: id or name.
            on_error: What becomes of records that cannot be taken in.
            dry_run: Only try it.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_import`: the first 100 records at fault in `details`, `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            "/api/memory/import",
            m.MemoryImported,
            params={"mode": mode, "agent": agent, "on_error": on_error, "dry_run": dry_run},
            headers={"Idempotency-Key": idempotency_key},
            json=body,
        )

    def search_memories(self, body: m.SearchMemories, *, idempotency_key: str | None = None) -> m.MemoriesFound:
        """Search memories.

        By meaning and by words. Counts as use of what it returns.

        ``POST /api/memory/search``

        Args:
            body: A question to the memories.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST", "/api/memory/search", m.MemoriesFound, headers={"Idempotency-Key": idempotency_key}, json=body
        )


class Approvals:
    """Questions to a person before something happens."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_approvals(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: str | None = None,
        agent_id: str | None = None,
        kind: m.ApprovalKind | None = None,
        run_id: UUID | str | None = None,
        workflow_run_id: UUID | str | None = None,
    ) -> m.ApprovalList:
        """List approvals.

        Those that wait for a decision first, then the newest.

        ``GET /api/approvals``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            status: Only these, separated by commas.
            agent_id: Id or name of the agent, or what an external system called whoever asks.
            kind: What is asked for.
            run_id: Only those of this run.
            workflow_run_id: Only those of this workflow run.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/approvals",
            m.ApprovalList,
            params={
                "limit": limit,
                "cursor": cursor,
                "status": status,
                "agent_id": agent_id,
                "kind": kind,
                "run_id": run_id,
                "workflow_run_id": workflow_run_id,
            },
        )

    def iter_approvals(
        self,
        *,
        limit: int | None = None,
        status: str | None = None,
        agent_id: str | None = None,
        kind: m.ApprovalKind | None = None,
        run_id: UUID | str | None = None,
        workflow_run_id: UUID | str | None = None,
    ) -> Iterator[m.Approval]:
        """List approvals: the rows of all pages, one after the other.

        Those that wait for a decision first, then the newest.

        ``GET /api/approvals``

        Args:
            limit: Rows of a page.
            status: Only these, separated by commas.
            agent_id: Id or name of the agent, or what an external system called whoever asks.
            kind: What is asked for.
            run_id: Only those of this run.
            workflow_run_id: Only those of this workflow run.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/approvals",
            m.ApprovalList,
            {
                "limit": limit,
                "status": status,
                "agent_id": agent_id,
                "kind": kind,
                "run_id": run_id,
                "workflow_run_id": workflow_run_id,
            },
        ):
            yield from page.approvals

    def create_approval(self, body: m.CreateApproval, *, idempotency_key: str | None = None) -> m.ApprovalCreated:
        """Ask for an approval.

        A gate for an external system: nothing runs when it is approved. Ask for the outcome with `get_approval`.

        ``POST /api/approvals``

        Args:
            body: A gate for an external system: nothing runs when it is approved, the caller asks for the outcome.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `too_many_pending`, `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST", "/api/approvals", m.ApprovalCreated, headers={"Idempotency-Key": idempotency_key}, json=body
        )

    def get_approval_policy(self) -> m.ApprovalPolicy:
        """Get the approval policy.

        ``GET /api/approvals/policy``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/api/approvals/policy", m.ApprovalPolicy)

    def update_approval_policy(self, body: m.UpdateApprovalPolicy | None = None) -> m.ApprovalPolicy:
        """Change the approval policy.

        Absent members stay; null gives the configured value back. In force from the next tool call on; what waits already
        keeps its terms.

        ``PUT /api/approvals/policy``

        Args:
            body: Absent members stay as they are; null gives the default back.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("PUT", "/api/approvals/policy", m.ApprovalPolicy, json={} if body is None else body)

    def get_approval(self, id: UUID | str, *, wait_secs: int | None = None) -> m.Approval:
        """Get an approval.

        ``GET /api/approvals/{id}``

        Args:
            id: The approval
            wait_secs: Answers as soon as it is decided, at the latest after so many seconds.

        Raises ApiError:
            400: `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `approval_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET", f"/api/approvals/{path_text(id)}", m.Approval, params={"wait_secs": wait_secs}
        )

    def approve_request(
        self, id: UUID | str, body: m.ApproveRequest | None = None, *, idempotency_key: str | None = None
    ) -> m.ApprovalDecided:
        """Approve.

        Releases exactly the stored call, once; the run that waits goes on, also after a restart. The same decision again
        answers as the first did.

        ``POST /api/approvals/{id}/approve``

        Args:
            id: The approval
            body: Yes.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`: `remember: rule` needs `system:write`, `insufficient_scope`, `origin_not_allowed`
            404: `approval_not_found`
            408: `request_timeout`
            409: `already_decided`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/approvals/{path_text(id)}/approve",
            m.ApprovalDecided,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    def reject_request(
        self, id: UUID | str, body: m.RejectRequest | None = None, *, idempotency_key: str | None = None
    ) -> m.ApprovalDecided:
        """Reject.

        The call is not made; the agent is told so, with the reason, and goes on.

        ``POST /api/approvals/{id}/reject``

        Args:
            id: The approval
            body: No.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `approval_not_found`
            408: `request_timeout`
            409: `already_decided`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/approvals/{path_text(id)}/reject",
            m.ApprovalDecided,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )


class Templates:
    """Agent templates and tool profiles."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_profiles(self) -> m.ProfileList:
        """List tool profiles.

        The named sets of tools and grants a manifest can ask for with `profile`, from the narrowest to the widest. The
        profile `custom` is not listed: it has exactly the tools that the manifest names.

        ``GET /api/profiles``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/api/profiles", m.ProfileList)

    def list_templates(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        category: m.TemplateCategory | None = None,
        q: str | None = None,
    ) -> m.TemplateList:
        """List agent templates.

        The built-in ones and those in `<home>/agents/<name>/agent.toml`, by name. A user's file hides a built-in template of
        the same name.

        ``GET /api/templates``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            category: Only this group; read in any case.
            q: Part of the name, the description or a tag, in any case.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/templates",
            m.TemplateList,
            params={"limit": limit, "cursor": cursor, "category": category, "q": q},
        )

    def iter_templates(
        self, *, limit: int | None = None, category: m.TemplateCategory | None = None, q: str | None = None
    ) -> Iterator[m.AgentTemplate]:
        """List agent templates: the rows of all pages, one after the other.

        The built-in ones and those in `<home>/agents/<name>/agent.toml`, by name. A user's file hides a built-in template of
        the same name.

        ``GET /api/templates``

        Args:
            limit: Rows of a page.
            category: Only this group; read in any case.
            q: Part of the name, the description or a tag, in any case.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/templates", m.TemplateList, {"limit": limit, "category": category, "q": q}
        ):
            yield from page.templates

    def get_template(self, name: str) -> m.TemplateDetail:
        """Get an agent template.

        ``GET /api/templates/{name}``

        Args:
            name: The template

        Raises ApiError:
            400: `invalid_template_name`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `template_not_found`
            409: `invalid_template`: a user's file cannot be read or is no manifest
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/templates/{path_text(name)}", m.TemplateDetail)


class Usage:
    """What model calls took and cost."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get_usage(
        self,
        *,
        period: Literal["hour", "day", "week", "month", "all"] | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.UsageReport:
        """Get usage by agent.

        Tokens, calls and cost of a span, in all and by agent. Everything is rows: numbers survive a restart.

        ``GET /api/usage``

        Args:
            period: A span up to now; does not count when `from` or `to` is given.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment; now, when only `from` is given.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/usage",
            m.UsageReport,
            params={"period": period, "from": from_, "to": to, "limit": limit, "cursor": cursor},
        )

    def iter_get_usage(
        self,
        *,
        period: Literal["hour", "day", "week", "month", "all"] | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[m.AgentUsage]:
        """Get usage by agent: the rows of all pages, one after the other.

        Tokens, calls and cost of a span, in all and by agent. Everything is rows: numbers survive a restart.

        ``GET /api/usage``

        Args:
            period: A span up to now; does not count when `from` or `to` is given.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment; now, when only `from` is given.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/usage", m.UsageReport, {"period": period, "from": from_, "to": to, "limit": limit}
        ):
            yield from page.agents

    def get_usage_breakdown(
        self,
        *,
        group_by: str,
        from_: datetime | None = None,
        to: datetime | None = None,
        agent_id: UUID | str | None = None,
        provider: str | None = None,
        model: str | None = None,
        api_key_id: str | None = None,
        status: Literal["ok", "error", "cancelled", "interrupted", "budget_refused"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.UsageBreakdown:
        """Break usage down.

        By one or two dimensions, of this month unless `from` or `to` is given.

        ``GET /api/usage/breakdown``

        Args:
            group_by: One or two of `agent`, `model`, `provider`, `api_key`, `door`, `purpose`, `status`, `hour`, `day`, `month`, separated
        by a comma.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment.
            agent_id: Only calls of this agent.
            provider: Only calls of this provider.
            model: Only calls of this model, as it was asked for.
            api_key_id: Only calls of runs that this API key started; `root`: that of the configuration.
            status: Only calls that ended so.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/usage/breakdown",
            m.UsageBreakdown,
            params={
                "group_by": group_by,
                "from": from_,
                "to": to,
                "agent_id": agent_id,
                "provider": provider,
                "model": model,
                "api_key_id": api_key_id,
                "status": status,
                "limit": limit,
                "cursor": cursor,
            },
        )

    def iter_get_usage_breakdown(
        self,
        *,
        group_by: str,
        from_: datetime | None = None,
        to: datetime | None = None,
        agent_id: UUID | str | None = None,
        provider: str | None = None,
        model: str | None = None,
        api_key_id: str | None = None,
        status: Literal["ok", "error", "cancelled", "interrupted", "budget_refused"] | None = None,
        limit: int | None = None,
    ) -> Iterator[m.UsageGroup]:
        """Break usage down: the rows of all pages, one after the other.

        By one or two dimensions, of this month unless `from` or `to` is given.

        ``GET /api/usage/breakdown``

        Args:
            group_by: One or two of `agent`, `model`, `provider`, `api_key`, `door`, `purpose`, `status`, `hour`, `day`, `month`, separated
        by a comma.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment.
            agent_id: Only calls of this agent.
            provider: Only calls of this provider.
            model: Only calls of this model, as it was asked for.
            api_key_id: Only calls of runs that this API key started; `root`: that of the configuration.
            status: Only calls that ended so.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/usage/breakdown",
            m.UsageBreakdown,
            {
                "group_by": group_by,
                "from": from_,
                "to": to,
                "agent_id": agent_id,
                "provider": provider,
                "model": model,
                "api_key_id": api_key_id,
                "status": status,
                "limit": limit,
            },
        ):
            yield from page.groups

    def list_usage_by_model(
        self,
        *,
        period: Literal["hour", "day", "week", "month", "all"] | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        provider: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.ModelUsageList:
        """List usage by model.

        ``GET /api/usage/by-model``

        Args:
            period: A span up to now; does not count when `from` or `to` is given.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment; now, when only `from` is given.
            provider: Only calls of this provider.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/usage/by-model",
            m.ModelUsageList,
            params={"period": period, "from": from_, "to": to, "provider": provider, "limit": limit, "cursor": cursor},
        )

    def iter_usage_by_model(
        self,
        *,
        period: Literal["hour", "day", "week", "month", "all"] | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        provider: str | None = None,
        limit: int | None = None,
    ) -> Iterator[m.ModelUsage]:
        """List usage by model: the rows of all pages, one after the other.

        ``GET /api/usage/by-model``

        Args:
            period: A span up to now; does not count when `from` or `to` is given.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment; now, when only `from` is given.
            provider: Only calls of this provider.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/usage/by-model",
            m.ModelUsageList,
            {"period": period, "from": from_, "to": to, "provider": provider, "limit": limit},
        ):
            yield from page.models

    def list_daily_usage(self, *, days: int | None = None) -> m.DailyUsageList:
        """List usage by day.

        Days of the budget's time zone; days without calls are listed with zeros.

        ``GET /api/usage/daily``

        Args:
            days: Number of days, today included.

        Raises ApiError:
            400: `invalid_request`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/api/usage/daily", m.DailyUsageList, params={"days": days})

    def export_usage(
        self,
        *,
        format: Literal["csv", "jsonl"] | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        agent_id: UUID | str | None = None,
        provider: str | None = None,
        model: str | None = None,
        api_key_id: str | None = None,
        status: Literal["ok", "error", "cancelled", "interrupted", "budget_refused"] | None = None,
        run_id: UUID | str | None = None,
        session_id: UUID | str | None = None,
    ) -> str:
        """Export model calls.

        All that match, newest first, as a stream.

        ``GET /api/usage/export``

        Args:
            format: CSV with a line of names, or one JSON object a line.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment.
            agent_id: Only calls of this agent.
            provider: Only calls of this provider.
            model: Only calls of this model, as it was asked for.
            api_key_id: Only calls of runs that this API key started; `root`: that of the configuration.
            status: Only calls that ended so.
            run_id: Only calls of this run.
            session_id: Only calls of this session.

        Raises ApiError:
            400: `invalid_request`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/usage/export",
            str,
            params={
                "format": format,
                "from": from_,
                "to": to,
                "agent_id": agent_id,
                "provider": provider,
                "model": model,
                "api_key_id": api_key_id,
                "status": status,
                "run_id": run_id,
                "session_id": session_id,
            },
        )

    def list_usage_records(
        self,
        *,
        from_: datetime | None = None,
        to: datetime | None = None,
        agent_id: UUID | str | None = None,
        provider: str | None = None,
        model: str | None = None,
        api_key_id: str | None = None,
        status: Literal["ok", "error", "cancelled", "interrupted", "budget_refused"] | None = None,
        run_id: UUID | str | None = None,
        session_id: UUID | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.UsageRecordList:
        """List model calls.

        Newest first; failed calls and calls that a limit refused included.

        ``GET /api/usage/records``

        Args:
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment.
            agent_id: Only calls of this agent.
            provider: Only calls of this provider.
            model: Only calls of this model, as it was asked for.
            api_key_id: Only calls of runs that this API key started; `root`: that of the configuration.
            status: Only calls that ended so.
            run_id: Only calls of this run.
            session_id: Only calls of this session.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/usage/records",
            m.UsageRecordList,
            params={
                "from": from_,
                "to": to,
                "agent_id": agent_id,
                "provider": provider,
                "model": model,
                "api_key_id": api_key_id,
                "status": status,
                "run_id": run_id,
                "session_id": session_id,
                "limit": limit,
                "cursor": cursor,
            },
        )

    def iter_usage_records(
        self,
        *,
        from_: datetime | None = None,
        to: datetime | None = None,
        agent_id: UUID | str | None = None,
        provider: str | None = None,
        model: str | None = None,
        api_key_id: str | None = None,
        status: Literal["ok", "error", "cancelled", "interrupted", "budget_refused"] | None = None,
        run_id: UUID | str | None = None,
        session_id: UUID | str | None = None,
        limit: int | None = None,
    ) -> Iterator[m.UsageRecord]:
        """List model calls: the rows of all pages, one after the other.

        Newest first; failed calls and calls that a limit refused included.

        ``GET /api/usage/records``

        Args:
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment.
            agent_id: Only calls of this agent.
            provider: Only calls of this provider.
            model: Only calls of this model, as it was asked for.
            api_key_id: Only calls of runs that this API key started; `root`: that of the configuration.
            status: Only calls that ended so.
            run_id: Only calls of this run.
            session_id: Only calls of this session.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/usage/records",
            m.UsageRecordList,
            {
                "from": from_,
                "to": to,
                "agent_id": agent_id,
                "provider": provider,
                "model": model,
                "api_key_id": api_key_id,
                "status": status,
                "run_id": run_id,
                "session_id": session_id,
                "limit": limit,
            },
        ):
            yield from page.records

    def get_usage_summary(self) -> m.UsageSummary:
        """Get a summary of all usage.

        ``GET /api/usage/summary``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/api/usage/summary", m.UsageSummary)


class Budget:
    """Limits on money and tokens."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get_budget(self) -> m.BudgetStatus:
        """Get the server's budget.

        Limits in force, what is spent, and what calls under way may add.

        ``GET /api/budget``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/api/budget", m.BudgetStatus)

    def update_budget(self, body: m.UpdateBudget | None = None) -> m.BudgetStatus:
        """Change the server's budget.

        In force before the answer, and after a restart. Calls that are reserved already go on.

        ``PUT /api/budget``

        Args:
            body: New limits of the server. What is absent stays, null goes back to the configuration.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("PUT", "/api/budget", m.BudgetStatus, json={} if body is None else body)

    def list_agent_budgets(
        self, *, over: bool | None = None, limit: int | None = None, cursor: str | None = None
    ) -> m.AgentBudgetList:
        """List the budgets of agents.

        ``GET /api/budget/agents``

        Args:
            over: Only those at or above the alert threshold of one of their limits, or only the others.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET", "/api/budget/agents", m.AgentBudgetList, params={"over": over, "limit": limit, "cursor": cursor}
        )

    def iter_agent_budgets(self, *, over: bool | None = None, limit: int | None = None) -> Iterator[m.AgentBudgetLine]:
        """List the budgets of agents: the rows of all pages, one after the other.

        ``GET /api/budget/agents``

        Args:
            over: Only those at or above the alert threshold of one of their limits, or only the others.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages("/api/budget/agents", m.AgentBudgetList, {"over": over, "limit": limit}):
            yield from page.agents

    def get_agent_budget(self, id: str) -> m.AgentBudget:
        """Get an agent's budget.

        ``GET /api/budget/agents/{id}``

        Args:
            id: UUID or exact name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/budget/agents/{path_text(id)}", m.AgentBudget)

    def update_agent_budget(self, id: str, body: m.UpdateSpending | None = None) -> m.AgentBudget:
        """Change an agent's budget.

        The limits are part of its manifest's resources. In force for the next model call, and after a restart.

        ``PUT /api/budget/agents/{id}``

        Args:
            id: UUID or exact name of the agent
            body: New limits of an agent or an API key. What is absent stays, null goes back to the default.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "PUT", f"/api/budget/agents/{path_text(id)}", m.AgentBudget, json={} if body is None else body
        )

    def list_budget_events(
        self,
        *,
        scope: Literal["global", "agent", "api_key"] | None = None,
        kind: Literal["warning", "exceeded", "changed"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.BudgetEventList:
        """List budget events.

        Warnings, refusals and changes of limits, newest first.

        ``GET /api/budget/events``

        Args:
            scope: Whom the limit is for.
            kind: What happened.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/budget/events",
            m.BudgetEventList,
            params={"scope": scope, "kind": kind, "limit": limit, "cursor": cursor},
        )

    def iter_budget_events(
        self,
        *,
        scope: Literal["global", "agent", "api_key"] | None = None,
        kind: Literal["warning", "exceeded", "changed"] | None = None,
        limit: int | None = None,
    ) -> Iterator[m.BudgetEvent]:
        """List budget events: the rows of all pages, one after the other.

        Warnings, refusals and changes of limits, newest first.

        ``GET /api/budget/events``

        Args:
            scope: Whom the limit is for.
            kind: What happened.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/budget/events", m.BudgetEventList, {"scope": scope, "kind": kind, "limit": limit}
        ):
            yield from page.events

    def list_key_budgets(self, *, limit: int | None = None, cursor: str | None = None) -> m.KeyBudgetList:
        """List the budgets of API keys.

        ``GET /api/budget/keys``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET", "/api/budget/keys", m.KeyBudgetList, params={"limit": limit, "cursor": cursor}
        )

    def iter_key_budgets(self, *, limit: int | None = None) -> Iterator[m.KeyBudgetLine]:
        """List the budgets of API keys: the rows of all pages, one after the other.

        ``GET /api/budget/keys``

        Args:
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages("/api/budget/keys", m.KeyBudgetList, {"limit": limit}):
            yield from page.keys

    def get_key_budget(self, id: str) -> m.KeyBudget:
        """Get the budget of an API key.

        ``GET /api/budget/keys/{id}``

        Args:
            id: UUID of the key, or `root` for that of the configuration

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `key_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/budget/keys/{path_text(id)}", m.KeyBudget)

    def update_key_budget(self, id: str, body: m.UpdateSpending | None = None) -> m.KeyBudget:
        """Change the budget of an API key.

        For all runs that it starts. In force before the answer, and after a restart.

        ``PUT /api/budget/keys/{id}``

        Args:
            id: UUID of the key, or `root` for that of the configuration
            body: New limits of an agent or an API key. What is absent stays, null goes back to the default.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `key_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "PUT", f"/api/budget/keys/{path_text(id)}", m.KeyBudget, json={} if body is None else body
        )


class Tools:
    """Tools, and single calls of them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_tools(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        source: m.ToolSource | None = None,
        q: str | None = None,
        agent: str | None = None,
    ) -> m.ToolList:
        """List tools.

        Every tool that an agent could be given, by name.

        ``GET /api/tools``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            source: Only tools from there.
            q: Part of the name or the description, in any case.
            agent: Id or exact name of an agent: only what it may call now.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/tools",
            m.ToolList,
            params={"limit": limit, "cursor": cursor, "source": source, "q": q, "agent": agent},
        )

    def iter_tools(
        self,
        *,
        limit: int | None = None,
        source: m.ToolSource | None = None,
        q: str | None = None,
        agent: str | None = None,
    ) -> Iterator[m.ToolDefinition]:
        """List tools: the rows of all pages, one after the other.

        Every tool that an agent could be given, by name.

        ``GET /api/tools``

        Args:
            limit: Rows of a page.
            source: Only tools from there.
            q: Part of the name or the description, in any case.
            agent: Id or exact name of an agent: only what it may call now.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/tools", m.ToolList, {"limit": limit, "source": source, "q": q, "agent": agent}
        ):
            yield from page.tools

    def get_tool(self, name: str) -> m.ToolDefinition:
        """Get a tool.

        What a model is told of it, and what the policy knows of it.

        ``GET /api/tools/{name}``

        Args:
            name: Name of the tool

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `tool_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/tools/{path_text(name)}", m.ToolDefinition)

    def invoke_tool(
        self, name: str, body: m.InvokeTool, *, idempotency_key: str | None = None
    ) -> m.ToolInvoked | m.Run:
        """Invoke a tool.

        Makes one call as an agent, without a model: a run of the door `tool` with one step, under the same policy as in a
        conversation. The messages of the session stay as they are. A tool that fails answers 200 with `is_error`.

        ``POST /api/tools/{name}/invoke``

        Args:
            name: Name of the tool
            body: One call of a tool.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `tool_denied`: the text says by which rule, `insufficient_scope`, `origin_not_allowed`
            404: `tool_not_found`, `agent_not_found` or `session_not_found`
            408: `request_timeout`
            409: `agent_not_running`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `quota_exceeded` or `queue_full`, `rate_limited`
            500: `internal_error`
            503: `draining`
        """
        return self._transport.call(
            "POST",
            f"/api/tools/{path_text(name)}/invoke",
            m.ToolInvoked | m.Run,
            headers={"Idempotency-Key": idempotency_key},
            json=body,
        )


class Auth:
    """API keys, logins, roles."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def check_auth(self) -> m.AuthCheck:
        """Check the credential.

        What a page needs to know before it has one. Never fails for want of a credential.

        ``GET /api/auth/check``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/api/auth/check", m.AuthCheck)

    def list_api_keys(
        self, *, limit: int | None = None, cursor: str | None = None, include_revoked: bool | None = None
    ) -> m.ApiKeyList:
        """List API keys.

        Newest first, without the keys themselves.

        ``GET /api/auth/keys``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            include_revoked: Also keys that were revoked.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "GET",
            "/api/auth/keys",
            m.ApiKeyList,
            params={"limit": limit, "cursor": cursor, "include_revoked": include_revoked},
        )

    def iter_api_keys(self, *, limit: int | None = None, include_revoked: bool | None = None) -> Iterator[m.ApiKey]:
        """List API keys: the rows of all pages, one after the other.

        Newest first, without the keys themselves.

        ``GET /api/auth/keys``

        Args:
            limit: Rows of a page.
            include_revoked: Also keys that were revoked.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        for page in self._transport.pages(
            "/api/auth/keys", m.ApiKeyList, {"limit": limit, "include_revoked": include_revoked}
        ):
            yield from page.keys

    def create_api_key(self, body: m.CreateApiKey, *, idempotency_key: str | None = None) -> m.ApiKeyCreated:
        """Create an API key.

        In force at once. `key` is shown only here. The first key ends the open mode, in which this machine needs none.

        ``POST /api/auth/keys``

        Args:
            body: A new API key. `role` or `scopes` is needed; together they add up.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `unknown_scope`, `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            408: `request_timeout`
            409: `key_name_taken`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST", "/api/auth/keys", m.ApiKeyCreated, headers={"Idempotency-Key": idempotency_key}, json=body
        )

    def get_api_key(self, id: UUID | str) -> m.ApiKey:
        """Get an API key.

        ``GET /api/auth/keys/{id}``

        Args:
            id: The key

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `key_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/api/auth/keys/{path_text(id)}", m.ApiKey)

    def update_api_key(self, id: UUID | str, body: m.UpdateApiKey | None = None) -> m.ApiKey:
        """Change an API key.

        Absent members stay as they are; role and scopes are replaced as sent. Open streams and sockets of the key are
        checked again within 5 seconds.

        ``PATCH /api/auth/keys/{id}``

        Args:
            id: The key
            body: Changes to an API key. Absent members stay; null clears.

        Raises ApiError:
            400: `unknown_scope`, `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `key_not_found`
            408: `request_timeout`
            409: `key_name_taken`, `key_revoked`, `last_admin_key`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "PATCH", f"/api/auth/keys/{path_text(id)}", m.ApiKey, json={} if body is None else body
        )

    def delete_api_key(self, id: UUID | str) -> None:
        """Revoke an API key.

        For good and at once. The row stays, so that the audit log can name it.

        ``DELETE /api/auth/keys/{id}``

        Args:
            id: The key

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `key_not_found`
            409: `last_admin_key`, `key_revoked`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("DELETE", f"/api/auth/keys/{path_text(id)}", None)

    def rotate_api_key(
        self, id: UUID | str, body: m.RotateApiKey | None = None, *, idempotency_key: str | None = None
    ) -> m.ApiKeyRotated:
        """Rotate an API key.

        A new secret for the same key; the old one works for `grace_secs` more.

        ``POST /api/auth/keys/{id}/rotate``

        Args:
            id: The key
            body: How to rotate a key.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `key_not_found`
            408: `request_timeout`
            409: `key_revoked`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            f"/api/auth/keys/{path_text(id)}/rotate",
            m.ApiKeyRotated,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    def login(self, body: m.Login) -> m.LoggedIn:
        """Log in.

        By name and password, when the configuration turns that on. Five failures in 15 minutes lock the name for this address.

        ``POST /api/auth/login``

        Args:
            body: Name and password.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`
            401: `invalid_credentials`
            403: `origin_not_allowed`
            404: `auth_not_enabled`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `login_locked`, `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("POST", "/api/auth/login", m.LoggedIn, json=body)

    def logout(self, *, idempotency_key: str | None = None) -> m.LoggedOut:
        """Log out.

        Ends this login and clears its cookie. With an API key nothing is revoked.

        ``POST /api/auth/logout``

        Args:
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST", "/api/auth/logout", m.LoggedOut, headers={"Idempotency-Key": idempotency_key}
        )

    def get_caller(self) -> m.CallerInfo:
        """Who am I.

        ``GET /api/auth/me``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/api/auth/me", m.CallerInfo)

    def list_roles(self) -> m.RoleList:
        """List roles and scopes.

        ``GET /api/auth/roles``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/api/auth/roles", m.RoleList)


class System:
    """Health, status, metrics, shutdown."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get_health(self) -> m.Health:
        """Check the health.

        For load balancers and monitors. Says nothing that depends on data.

        ``GET /api/health``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
            503: `draining`, `unavailable`
        """
        return self._transport.call("GET", "/api/health", m.Health)

    def get_health_detail(self) -> m.HealthDetail:
        """Check the health in detail.

        200 also when degraded: read `checks`.

        ``GET /api/health/detail``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
            503: `draining`, `unavailable`
        """
        return self._transport.call("GET", "/api/health/detail", m.HealthDetail)

    def get_metrics(self) -> str:
        """Read the metrics.

        Prometheus text format 0.0.4.

        ``GET /api/metrics``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/api/metrics", str)

    def shutdown(self, body: m.ShutdownOptions | None = None, *, idempotency_key: str | None = None) -> m.ShuttingDown:
        """Stop the server.

        New work is refused at once; running steps may go on for `drain_secs`, then their runs are handed over by lease and
        continue after the next start.

        ``POST /api/shutdown``

        Args:
            body: How to stop.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            408: `request_timeout`
            409: `conflict`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call(
            "POST",
            "/api/shutdown",
            m.ShuttingDown,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    def get_status(self) -> m.Status:
        """Get the server's status.

        What runs here, with which agents and which default model. `llm.how` tells what to do when only the built-in model
        answers.

        ``GET /api/status``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/api/status", m.Status)

    def get_version(self) -> m.Version:
        """Get the version.

        ``GET /api/version``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/api/version", m.Version)


class Webchat:
    """The chat page and its files."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def webchat_page(self) -> str:
        """Open the chat page.

        Agents, conversations, sessions. It asks for a key or a login when the server needs one.

        ``GET /``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/", str)

    def webchat_asset(self, path: str) -> str:
        """Get a file of the page.

        Scripts and styles. Names carry a hash of the content, so a browser may keep the files for ever.

        ``GET /assets/{path}``

        Args:
            path: File name

        Raises ApiError:
            400: `invalid_id`
            404: `not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", f"/assets/{path_text(path)}", str)

    def webchat_favicon(self) -> bytes:
        """Get the tab icon.

        ``GET /favicon.ico``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/favicon.ico", bytes)

    def webchat_logo(self) -> bytes:
        """Get the logo.

        ``GET /logo.png``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/logo.png", bytes)

    def webchat_manifest(self) -> bytes:
        """Get the web app manifest.

        ``GET /manifest.json``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/manifest.json", bytes)

    def webchat_service_worker(self) -> bytes:
        """Get the service worker.

        It keeps static files only, never anything of `/api`.

        ``GET /sw.js``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.call("GET", "/sw.js", bytes)


class Client(Transport):
    """Version 0.7.0 of the API of openfang. One attribute for each group of operations."""

    def __init__(self, base_url: str = "http://127.0.0.1:4200", api_key: str | None = None, **options: Any) -> None:
        super().__init__(base_url, api_key, **options)
        self.agents = Agents(self)
        self.messages = Messages(self)
        self.runs = Runs(self)
        self.sessions = Sessions(self)
        self.memory = Memory(self)
        self.approvals = Approvals(self)
        self.templates = Templates(self)
        self.usage = Usage(self)
        self.budget = Budget(self)
        self.tools = Tools(self)
        self.auth = Auth(self)
        self.system = System(self)
        self.webchat = Webchat(self)


class AsyncAgents:
    """Agents: manifest, lifecycle, model, files, rights."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list_agents(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        state: str | None = None,
        mode: str | None = None,
        tag: str | None = None,
        q: str | None = None,
        include_terminated: bool | None = None,
        sort: str | None = None,
        order: str | None = None,
    ) -> list[m.AgentSummary]:
        """List agents.

        A bare array; the headers tell the total and where the next page begins.

        ``GET /api/agents``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            state: One or several states, separated by commas.
            mode: `observe`, `assist` or `full`.
            tag: Only agents with this tag.
            q: Part of name or description, without regard to case in all of Unicode: `ß` is found by `SS`.
            include_terminated: Also agents that were deleted but not uninstalled.
            sort: `created_at`, `name` or `last_active`.
            order: `asc` or `desc`.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/agents",
            list[m.AgentSummary],
            params={
                "limit": limit,
                "cursor": cursor,
                "state": state,
                "mode": mode,
                "tag": tag,
                "q": q,
                "include_terminated": include_terminated,
                "sort": sort,
                "order": order,
            },
        )

    async def iter_agents(
        self,
        *,
        limit: int | None = None,
        state: str | None = None,
        mode: str | None = None,
        tag: str | None = None,
        q: str | None = None,
        include_terminated: bool | None = None,
        sort: str | None = None,
        order: str | None = None,
    ) -> AsyncIterator[m.AgentSummary]:
        """List agents: the rows of all pages, one after the other.

        A bare array; the headers tell the total and where the next page begins.

        ``GET /api/agents``

        Args:
            limit: Rows of a page.
            state: One or several states, separated by commas.
            mode: `observe`, `assist` or `full`.
            tag: Only agents with this tag.
            q: Part of name or description, without regard to case in all of Unicode: `ß` is found by `SS`.
            include_terminated: Also agents that were deleted but not uninstalled.
            sort: `created_at`, `name` or `last_active`.
            order: `asc` or `desc`.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/agents",
            list[m.AgentSummary],
            {
                "limit": limit,
                "state": state,
                "mode": mode,
                "tag": tag,
                "q": q,
                "include_terminated": include_terminated,
                "sort": sort,
                "order": order,
            },
        ):
            for row in page:
                yield row

    async def create_agent(
        self, body: m.CreateAgent | None = None, *, strict: bool | None = None, idempotency_key: str | None = None
    ) -> m.AgentCreated:
        """Create an agent.

        The agent is ready for messages as soon as the response is sent. A failed create leaves nothing behind.

        The body may have up to 2 MiB.

        ``POST /api/agents``

        Args:
            body: A new agent, from one of `manifest_toml`, `template`, `manifest`, `signed_manifest`, or from `name` alone.
            strict: Same as `strict` of the body.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_manifest`, `manifest_mismatch`, `invalid_template_name`, `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `signature_invalid`, `unsigned`, `signer_not_trusted`, `insufficient_scope`, `origin_not_allowed`
            404: `template_not_found`
            408: `request_timeout`
            409: `duplicate_name`; `invalid_template`: a user's file is no manifest, `idempotency_key_reused`, `idempotency_in_progress`
            413: `manifest_too_large`, `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            "/api/agents",
            m.AgentCreated,
            params={"strict": strict},
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    async def get_agent(self, id: str, *, include_terminated: bool | None = None) -> m.Agent:
        """Get an agent.

        ``GET /api/agents/{id}``

        Args:
            id: UUID or exact name of the agent
            include_terminated: Also an agent that was deleted but not uninstalled, by its UUID.

        Raises ApiError:
            400: `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET", f"/api/agents/{path_text(id)}", m.Agent, params={"include_terminated": include_terminated}
        )

    async def update_agent(self, id: str, body: m.UpdateAgent | None = None) -> m.AgentChanged:
        """Change an agent.

        All or nothing. Runs under way keep the old settings except for mode, removed grants and block lists. A new name does
        not move the workspace.

        ``PATCH /api/agents/{id}``

        Args:
            id: UUID or exact name of the agent
            body: Changes to an agent; at least one.

        Raises ApiError:
            400: `invalid_manifest`, `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `unsigned`, `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `duplicate_name`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PATCH", f"/api/agents/{path_text(id)}", m.AgentChanged, json={} if body is None else body
        )

    async def delete_agent(self, id: str) -> m.AgentKilled:
        """Terminate an agent.

        Its runs are cancelled, its name is free again, and agents that it spawned go with it unless somebody adopted them.
        Sessions, memory and usage stay until it is uninstalled.

        ``DELETE /api/agents/{id}``

        Args:
            id: UUID or exact name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("DELETE", f"/api/agents/{path_text(id)}", m.AgentKilled)

    async def activate_agent(self, id: str, *, idempotency_key: str | None = None) -> m.AgentTransition:
        """Activate an agent.

        Same as `start_agent`.

        ``POST /api/agents/{id}/activate``

        Args:
            id: UUID or exact name of the agent
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/activate",
            m.AgentTransition,
            headers={"Idempotency-Key": idempotency_key},
        )

    async def clone_agent(
        self, id: str, body: m.CloneAgent | None = None, *, idempotency_key: str | None = None
    ) -> m.AgentCreated:
        """Clone an agent.

        An independent copy of manifest, mode and persona documents with a workspace of its own. Sessions, memory and usage are
        not copied, nor are `MEMORY.md` and `HEARTBEAT.md`.

        ``POST /api/agents/{id}/clone``

        Args:
            id: UUID or exact name of the agent
            body: What a copy is to be called and how it differs.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_manifest`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `unsigned`, `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `duplicate_name`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/clone",
            m.AgentCreated,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    async def update_agent_config(self, id: str, body: m.UpdateAgentConfig | None = None) -> m.AgentChanged:
        """Change an agent's settings.

        One form for name, texts, identity and model. All or nothing.

        ``PATCH /api/agents/{id}/config``

        Args:
            id: UUID or exact name of the agent
            body: One form for name, texts, identity and model. Absent members stay.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `duplicate_name`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PATCH", f"/api/agents/{path_text(id)}/config", m.AgentChanged, json={} if body is None else body
        )

    async def get_agent_effective(self, id: str) -> m.EffectiveView:
        """Get what an agent may do.

        Grants, tools, limits and model in force right now.

        ``GET /api/agents/{id}/effective``

        Args:
            id: UUID or exact name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/api/agents/{path_text(id)}/effective", m.EffectiveView)

    async def list_agent_files(self, id: str) -> m.AgentFileList:
        """List an agent's documents.

        Always all eight: SOUL.md, IDENTITY.md, USER.md, TOOLS.md, MEMORY.md, AGENTS.md, BOOTSTRAP.md, HEARTBEAT.md.

        ``GET /api/agents/{id}/files``

        Args:
            id: UUID or exact name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/api/agents/{path_text(id)}/files", m.AgentFileList)

    async def get_agent_file(self, id: str, filename: str) -> m.AgentFile:
        """Read an agent's document.

        ``GET /api/agents/{id}/files/{filename}``

        Args:
            id: UUID or exact name of the agent
            filename: One of the eight names

        Raises ApiError:
            400: `invalid_filename`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `file_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET", f"/api/agents/{path_text(id)}/files/{path_text(filename)}", m.AgentFile
        )

    async def set_agent_file(self, id: str, filename: str, body: m.SetAgentFile) -> m.AgentFileWritten:
        """Write an agent's document.

        Replaced as a whole and used from the next run on. USER.md, MEMORY.md and BOOTSTRAP.md reach the model as data only.

        ``PUT /api/agents/{id}/files/{filename}``

        Args:
            id: UUID or exact name of the agent
            filename: One of the eight names
            body: The new text of a persona document.

        Raises ApiError:
            400: `invalid_filename`, `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PUT", f"/api/agents/{path_text(id)}/files/{path_text(filename)}", m.AgentFileWritten, json=body
        )

    async def delete_agent_file(self, id: str, filename: str) -> None:
        """Delete an agent's document.

        ``DELETE /api/agents/{id}/files/{filename}``

        Args:
            id: UUID or exact name of the agent
            filename: One of the eight names

        Raises ApiError:
            400: `invalid_filename`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `file_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("DELETE", f"/api/agents/{path_text(id)}/files/{path_text(filename)}", None)

    async def update_agent_identity(self, id: str, body: m.UpdateAgentIdentity | None = None) -> m.AgentChanged:
        """Change an agent's identity.

        ``PATCH /api/agents/{id}/identity``

        Args:
            id: UUID or exact name of the agent
            body: The visual identity. Absent members stay, null or `""` clears.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PATCH", f"/api/agents/{path_text(id)}/identity", m.AgentChanged, json={} if body is None else body
        )

    async def get_agent_manifest(self, id: str) -> m.AgentManifestView:
        """Get an agent's manifest.

        As stored, for backup or for creating the agent elsewhere. TOML given at create comes back as it was, comments
        included, until something is changed.

        ``GET /api/agents/{id}/manifest``

        Args:
            id: UUID or exact name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/api/agents/{path_text(id)}/manifest", m.AgentManifestView)

    async def set_agent_mode(self, id: str, body: m.SetAgentMode) -> m.AgentChanged:
        """Set an agent's mode.

        Applies from the next tool call on, also in running runs, and survives a restart.

        ``PUT /api/agents/{id}/mode``

        Args:
            id: UUID or exact name of the agent
            body: A mode, by one of five words in any case.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("PUT", f"/api/agents/{path_text(id)}/mode", m.AgentChanged, json=body)

    async def set_agent_model(self, id: str, body: m.SetAgentModel) -> m.AgentModelSet:
        """Switch an agent's model.

        History is kept; the next run uses the new model. A model that the catalogue does not know is accepted with a warning.

        ``PUT /api/agents/{id}/model``

        Args:
            id: UUID or exact name of the agent
            body: A model to switch to.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("PUT", f"/api/agents/{path_text(id)}/model", m.AgentModelSet, json=body)

    async def restart_agent(self, id: str, *, idempotency_key: str | None = None) -> m.AgentTransition:
        """Restart an agent.

        Running runs end as cancelled, queued ones start afterwards, sessions stay. A crash and its counters are forgotten.

        ``POST /api/agents/{id}/restart``

        Args:
            id: UUID or exact name of the agent
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/restart",
            m.AgentTransition,
            headers={"Idempotency-Key": idempotency_key},
        )

    async def start_agent(self, id: str, *, idempotency_key: str | None = None) -> m.AgentTransition:
        """Start an agent.

        Does nothing to an agent that runs.

        ``POST /api/agents/{id}/start``

        Args:
            id: UUID or exact name of the agent
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/start",
            m.AgentTransition,
            headers={"Idempotency-Key": idempotency_key},
        )

    async def stop_agent(
        self, id: str, body: m.StopAgent | None = None, *, idempotency_key: str | None = None
    ) -> m.AgentStopped:
        """Stop an agent's work.

        Cancels running and queued runs and keeps the agent. Text that was produced already is kept. Without the scope
        `agents:write` only runs of the caller's own sessions are cancelled, and naming another session is refused.

        ``POST /api/agents/{id}/stop``

        Args:
            id: UUID or exact name of the agent
            body: Which work to stop.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/stop",
            m.AgentStopped,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    async def suspend_agent(
        self, id: str, body: m.SuspendAgent | None = None, *, idempotency_key: str | None = None
    ) -> m.AgentTransition:
        """Suspend an agent.

        Messages are refused until it is started again. A running run finishes its current step and is parked, unless
        `cancel_runs` ends it.

        ``POST /api/agents/{id}/suspend``

        Args:
            id: UUID or exact name of the agent
            body: How to suspend.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `illegal_transition`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/suspend",
            m.AgentTransition,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    async def get_agent_tools(self, id: str) -> m.AgentTools:
        """Get an agent's tool filters.

        ``GET /api/agents/{id}/tools``

        Args:
            id: UUID or exact name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/api/agents/{path_text(id)}/tools", m.AgentTools)

    async def set_agent_tools(self, id: str, body: m.SetAgentTools | None = None) -> m.AgentToolsSet:
        """Set an agent's tool filters.

        Names that no tool has now are kept, with a warning.

        ``PUT /api/agents/{id}/tools``

        Args:
            id: UUID or exact name of the agent
            body: New tool filters; at least one, an absent one stays.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PUT", f"/api/agents/{path_text(id)}/tools", m.AgentToolsSet, json={} if body is None else body
        )

    async def uninstall_agent(self, id: str) -> m.AgentUninstalled:
        """Uninstall an agent.

        Terminates the agent if it lives, then erases sessions, messages, the texts of its runs and its documents. The
        workspace folder is removed only if it lies below the workspaces folder inside the server's home and no other agent
        uses it, not even as a named workspace.

        ``DELETE /api/agents/{id}/uninstall``

        Args:
            id: UUID or exact name of the agent; the UUID of a terminated one

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("DELETE", f"/api/agents/{path_text(id)}/uninstall", m.AgentUninstalled)

    async def replace_agent(self, id: str, body: m.ReplaceAgent | None = None) -> m.AgentChanged:
        """Replace an agent's manifest.

        With a manifest everything in it is replaced; id, state, mode, sessions, memory and documents stay. Without one the
        named fields change, as in `PATCH /api/agents/{id}`.

        The body may have up to 2 MiB.

        ``PUT /api/agents/{id}/update``

        Args:
            id: UUID or exact name of the agent
            body: A new manifest, or the documented fields.

        Raises ApiError:
            400: `invalid_manifest`, `manifest_mismatch`, `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `signature_invalid`, `unsigned`, `signer_not_trusted`, `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `duplicate_name`
            413: `manifest_too_large`, `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PUT", f"/api/agents/{path_text(id)}/update", m.AgentChanged, json={} if body is None else body
        )


class AsyncMessages:
    """Talking to agents: waiting, streaming, WebSocket."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def send_message(
        self, id: str, body: m.SendMessage, *, idempotency_key: str | None = None
    ) -> m.MessageReply | m.Run:
        """Send a message and wait.

        Waits for the answer, also through the runs before this one in its session. A run that is not over after `wait_secs` goes
        on: then the answer is 202 with the run. Hanging up does not stop it either.

        ``POST /api/agents/{id}/message``

        Args:
            id: Id or name of the agent
            body: A message to an agent. Unknown members are ignored.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `unknown_attachment`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            408: `request_timeout`
            409: `agent_not_running`, `provider_not_configured`, `context_overflow`, `run_timeout`, `run_expired`, `idempotency_key_reused`, `idempotency_in_progress`
            413: the message has more than 65,536 bytes: `payload_too_large`, `payload_too_large`
            415: `unsupported_media_type`
            429: `queue_full`, `quota_exceeded`, `budget_exceeded`, `rate_limited`
            500: `interrupted`, `internal_error`
            502: `upstream_error`, `upstream_auth_failed`, `upstream_rate_limited`, `upstream_timeout`, `upstream_model_not_found`, `upstream_refused`, `invalid_output`; `details` names the run
            503: `draining`
        """
        return await self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/message",
            m.MessageReply | m.Run,
            headers={"Idempotency-Key": idempotency_key},
            json=body,
        )

    def send_message_stream(
        self, id: str, body: m.SendMessage, *, idempotency_key: str | None = None
    ) -> AsyncEventStream[m.RunEvent]:
        """Send a message and stream the answer.

        The events of the run as Server-Sent Events: `event` is the `type` of the data, `id` rises within the run. The last one is
        `done` or `error`. Hanging up does not stop the run; `GET /api/runs/{id}/stream` resumes it.

        ``POST /api/agents/{id}/message/stream``

        Args:
            id: Id or name of the agent
            body: A message to an agent. Unknown members are ignored.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `unknown_attachment`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            408: `request_timeout`
            409: `agent_not_running`, `provider_not_configured`, `context_overflow`, `run_timeout`, `run_expired`, `idempotency_key_reused`, `idempotency_in_progress`
            413: the message has more than 65,536 bytes: `payload_too_large`, `payload_too_large`
            415: `unsupported_media_type`
            429: `queue_full`, `quota_exceeded`, `budget_exceeded`, `rate_limited`
            500: `interrupted`, `internal_error`
            502: `upstream_error`, `upstream_auth_failed`, `upstream_rate_limited`, `upstream_timeout`, `upstream_model_not_found`, `upstream_refused`, `invalid_output`; `details` names the run
            503: `draining`
        """
        return self._transport.stream(
            "POST",
            f"/api/agents/{path_text(id)}/message/stream",
            m.RunEvent,
            headers={"Idempotency-Key": idempotency_key},
            json=body,
        )

    async def list_commands(self, *, surface: m.Surface | None = None) -> m.CommandList:
        """List slash commands.

        For menus and help: the commands that work.

        ``GET /api/commands``

        Args:
            surface: Where they can be typed.

        Raises ApiError:
            400: `invalid_request`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/api/commands", m.CommandList, params={"surface": surface})


class AsyncRuns:
    """Runs: the durable work behind every message."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create_run(self, id: str, body: m.SendMessage, *, idempotency_key: str | None = None) -> m.Run:
        """Send a message without waiting.

        Answers as soon as the run is stored; what happens then shows in the run.

        ``POST /api/agents/{id}/runs``

        Args:
            id: Id or name of the agent
            body: A message to an agent. Unknown members are ignored.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `unknown_attachment`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            408: `request_timeout`
            409: `agent_not_running`, `provider_not_configured`, `idempotency_key_reused`, `idempotency_in_progress`
            413: the message has more than 65,536 bytes: `payload_too_large`, `payload_too_large`
            415: `unsupported_media_type`
            429: `queue_full`, `rate_limited`
            500: `internal_error`
            503: `draining`
        """
        return await self._transport.call(
            "POST", f"/api/agents/{path_text(id)}/runs", m.Run, headers={"Idempotency-Key": idempotency_key}, json=body
        )

    async def list_runs(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        agent: str | None = None,
        session_id: UUID | str | None = None,
        status: str | None = None,
        door: m.Door | None = None,
        parent_run_id: UUID | str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> m.RunList:
        """List runs.

        Of all agents, newest first. Message and answer are cut to 256 characters.

        ``GET /api/runs``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            agent: Id or name of the agent.
            session_id: Runs of this session.
            status: One or more statuses, separated by commas.
            door: Where it came in.
            parent_run_id: Runs that this one started.
            after: Queued at this time or later.
            before: Queued before this time.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/runs",
            m.RunList,
            params={
                "limit": limit,
                "cursor": cursor,
                "agent": agent,
                "session_id": session_id,
                "status": status,
                "door": door,
                "parent_run_id": parent_run_id,
                "after": after,
                "before": before,
            },
        )

    async def iter_runs(
        self,
        *,
        limit: int | None = None,
        agent: str | None = None,
        session_id: UUID | str | None = None,
        status: str | None = None,
        door: m.Door | None = None,
        parent_run_id: UUID | str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> AsyncIterator[m.Run]:
        """List runs: the rows of all pages, one after the other.

        Of all agents, newest first. Message and answer are cut to 256 characters.

        ``GET /api/runs``

        Args:
            limit: Rows of a page.
            agent: Id or name of the agent.
            session_id: Runs of this session.
            status: One or more statuses, separated by commas.
            door: Where it came in.
            parent_run_id: Runs that this one started.
            after: Queued at this time or later.
            before: Queued before this time.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/runs",
            m.RunList,
            {
                "limit": limit,
                "agent": agent,
                "session_id": session_id,
                "status": status,
                "door": door,
                "parent_run_id": parent_run_id,
                "after": after,
                "before": before,
            },
        ):
            for row in page.runs:
                yield row

    async def get_run(self, id: UUID | str, *, wait_secs: int | None = None) -> m.Run:
        """Get a run.

        ``GET /api/runs/{id}``

        Args:
            id: The run
            wait_secs: Seconds to wait for the end of the run before answering.

        Raises ApiError:
            400: `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `run_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/api/runs/{path_text(id)}", m.Run, params={"wait_secs": wait_secs})

    async def cancel_run(
        self, id: UUID | str, body: m.CancelRun | None = None, *, idempotency_key: str | None = None
    ) -> m.Run:
        """Cancel a run.

        Reaches the model call and the tools; what was written is kept. 202 while the run is on its way to the end, 200 when it was
        over before. Runs of another caller's session need the scope `agents:write` besides.

        ``POST /api/runs/{id}/cancel``

        Args:
            id: The run
            body: Why a run is cancelled.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `run_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/runs/{path_text(id)}/cancel",
            m.Run,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    async def list_run_steps(
        self, id: UUID | str, *, limit: int | None = None, cursor: str | None = None, kind: str | None = None
    ) -> m.RunStepList:
        """List the steps of a run.

        Every model call, tool call, approval and compaction, in order.

        ``GET /api/runs/{id}/steps``

        Args:
            id: The run
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            kind: `model_call`, `tool_call`, `approval` or `compaction`.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `run_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            f"/api/runs/{path_text(id)}/steps",
            m.RunStepList,
            params={"limit": limit, "cursor": cursor, "kind": kind},
        )

    async def iter_run_steps(
        self, id: UUID | str, *, limit: int | None = None, kind: str | None = None
    ) -> AsyncIterator[m.RunStep]:
        """List the steps of a run: the rows of all pages, one after the other.

        Every model call, tool call, approval and compaction, in order.

        ``GET /api/runs/{id}/steps``

        Args:
            id: The run
            limit: Rows of a page.
            kind: `model_call`, `tool_call`, `approval` or `compaction`.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `run_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            f"/api/runs/{path_text(id)}/steps", m.RunStepList, {"limit": limit, "kind": kind}
        ):
            for row in page.steps:
                yield row

    def stream_run(self, id: UUID | str, *, after: int | None = None) -> AsyncEventStream[m.RunEvent]:
        """Follow a run.

        Its events from the beginning, or behind `Last-Event-ID`, then live; a finished run is replayed. 204 when its last event
        was seen already.

        ``GET /api/runs/{id}/stream``

        Args:
            id: The run
            after: Only later events; the header `Last-Event-ID` comes first.

        Raises ApiError:
            400: `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `run_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return self._transport.stream("GET", f"/api/runs/{path_text(id)}/stream", m.RunEvent, params={"after": after})


class AsyncSessions:
    """Sessions: the conversations of an agent."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def clear_agent_history(self, id: str) -> m.HistoryCleared:
        """Clear the history of an agent.

        Erases all its sessions and messages; runs are cancelled first. Memories and usage stay.

        ``DELETE /api/agents/{id}/history``

        Args:
            id: Id or name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("DELETE", f"/api/agents/{path_text(id)}/history", m.HistoryCleared)

    async def get_agent_session(
        self,
        id: str,
        *,
        include_system: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        session_id: UUID | str | None = None,
    ) -> m.Conversation:
        """Get the active session.

        The session that the caller's next message goes to, or another one of this agent, with its conversation, folded for
        display. 404 before the caller's first message.

        ``GET /api/agents/{id}/session``

        Args:
            id: Id or name of the agent
            include_system: Also summaries and words of the server.
            limit: Newest messages.
            cursor: `next_cursor` of the newer part.
            session_id: Another session of this agent than the caller's active one.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            f"/api/agents/{path_text(id)}/session",
            m.Conversation,
            params={"include_system": include_system, "limit": limit, "cursor": cursor, "session_id": session_id},
        )

    async def iter_get_agent_session(
        self,
        id: str,
        *,
        include_system: bool | None = None,
        limit: int | None = None,
        session_id: UUID | str | None = None,
    ) -> AsyncIterator[m.Message]:
        """Get the active session: the rows of all pages, one after the other.

        The session that the caller's next message goes to, or another one of this agent, with its conversation, folded for
        display. 404 before the caller's first message.

        ``GET /api/agents/{id}/session``

        Args:
            id: Id or name of the agent
            include_system: Also summaries and words of the server.
            limit: Newest messages.
            session_id: Another session of this agent than the caller's active one.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            f"/api/agents/{path_text(id)}/session",
            m.Conversation,
            {"include_system": include_system, "limit": limit, "session_id": session_id},
        ):
            for row in page.messages:
                yield row

    async def get_agent_context(self, id: str, *, session_id: UUID | str | None = None) -> m.ContextReport:
        """How full the context is.

        What the next call of the model would send, and where it goes.

        ``GET /api/agents/{id}/session/context``

        Args:
            id: Id or name of the agent
            session_id: Another session of this agent than the caller's active one.

        Raises ApiError:
            400: `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET", f"/api/agents/{path_text(id)}/session/context", m.ContextReport, params={"session_id": session_id}
        )

    async def reset_agent_session(
        self, id: str, body: m.ResetSession | None = None, *, idempotency_key: str | None = None
    ) -> m.SessionReset:
        """Start over.

        A fresh session takes the place of the active one. Its running and queued runs are cancelled; it stays readable unless
        `delete_old` is set. Budgets and quotas are untouched.

        ``POST /api/agents/{id}/session/reset``

        Args:
            id: Id or name of the agent
            body: How to start over.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/session/reset",
            m.SessionReset,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    async def list_agent_sessions(
        self,
        id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        kind: m.SessionKind | None = None,
        label: str | None = None,
    ) -> m.SessionList:
        """List the sessions of an agent.

        Latest activity first.

        ``GET /api/agents/{id}/sessions``

        Args:
            id: Id or name of the agent
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            kind: What kind of conversation.
            label: The whole label.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            f"/api/agents/{path_text(id)}/sessions",
            m.SessionList,
            params={"limit": limit, "cursor": cursor, "kind": kind, "label": label},
        )

    async def iter_agent_sessions(
        self, id: str, *, limit: int | None = None, kind: m.SessionKind | None = None, label: str | None = None
    ) -> AsyncIterator[m.Session]:
        """List the sessions of an agent: the rows of all pages, one after the other.

        Latest activity first.

        ``GET /api/agents/{id}/sessions``

        Args:
            id: Id or name of the agent
            limit: Rows of a page.
            kind: What kind of conversation.
            label: The whole label.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            f"/api/agents/{path_text(id)}/sessions", m.SessionList, {"limit": limit, "kind": kind, "label": label}
        ):
            for row in page.sessions:
                yield row

    async def create_agent_session(
        self, id: str, body: m.CreateSession | None = None, *, idempotency_key: str | None = None
    ) -> m.Session:
        """Create a session.

        It becomes the caller's active one unless `activate` is false. Runs already queued stay in their session.

        ``POST /api/agents/{id}/sessions``

        Args:
            id: Id or name of the agent
            body: A new session.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `session_label_taken`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/sessions",
            m.Session,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    async def find_session_by_label(self, id: str, label: str) -> m.Session:
        """Find a session by its label.

        The agent's session with exactly this label.

        ``GET /api/agents/{id}/sessions/by-label/{label}``

        Args:
            id: Id or name of the agent
            label: The label

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET", f"/api/agents/{path_text(id)}/sessions/by-label/{path_text(label)}", m.Session
        )

    async def switch_agent_session(
        self, id: str, session_id: UUID | str, *, idempotency_key: str | None = None
    ) -> m.SessionSwitched:
        """Switch to a session.

        Its owner's next message goes there.

        ``POST /api/agents/{id}/sessions/{session_id}/switch``

        Args:
            id: Id or name of the agent
            session_id: The session
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `session_not_found`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/agents/{path_text(id)}/sessions/{path_text(session_id)}/switch",
            m.SessionSwitched,
            headers={"Idempotency-Key": idempotency_key},
        )

    async def list_sessions(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        agent: str | None = None,
        kind: m.SessionKind | None = None,
        q: str | None = None,
        active: bool | None = None,
    ) -> m.SessionList:
        """List sessions.

        Of all agents, latest activity first; those of terminated agents included.

        ``GET /api/sessions``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            agent: Id or name of the agent; also read as `agent_id`.
            kind: What kind of conversation.
            q: Part of the label, in any case.
            active: Only those that get, or do not get, their owner's next message.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/sessions",
            m.SessionList,
            params={"limit": limit, "cursor": cursor, "agent": agent, "kind": kind, "q": q, "active": active},
        )

    async def iter_sessions(
        self,
        *,
        limit: int | None = None,
        agent: str | None = None,
        kind: m.SessionKind | None = None,
        q: str | None = None,
        active: bool | None = None,
    ) -> AsyncIterator[m.Session]:
        """List sessions: the rows of all pages, one after the other.

        Of all agents, latest activity first; those of terminated agents included.

        ``GET /api/sessions``

        Args:
            limit: Rows of a page.
            agent: Id or name of the agent; also read as `agent_id`.
            kind: What kind of conversation.
            q: Part of the label, in any case.
            active: Only those that get, or do not get, their owner's next message.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/sessions", m.SessionList, {"limit": limit, "agent": agent, "kind": kind, "q": q, "active": active}
        ):
            for row in page.sessions:
                yield row

    async def get_session(
        self, id: UUID | str, *, include_system: bool | None = None, limit: int | None = None, cursor: str | None = None
    ) -> m.Conversation:
        """Get a session.

        With its conversation, folded for display: results of tools stand with the calls.

        ``GET /api/sessions/{id}``

        Args:
            id: The session
            include_system: Also summaries and words of the server.
            limit: Newest messages.
            cursor: `next_cursor` of the newer part.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            f"/api/sessions/{path_text(id)}",
            m.Conversation,
            params={"include_system": include_system, "limit": limit, "cursor": cursor},
        )

    async def iter_get_session(
        self, id: UUID | str, *, include_system: bool | None = None, limit: int | None = None
    ) -> AsyncIterator[m.Message]:
        """Get a session: the rows of all pages, one after the other.

        With its conversation, folded for display: results of tools stand with the calls.

        ``GET /api/sessions/{id}``

        Args:
            id: The session
            include_system: Also summaries and words of the server.
            limit: Newest messages.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            f"/api/sessions/{path_text(id)}", m.Conversation, {"include_system": include_system, "limit": limit}
        ):
            for row in page.messages:
                yield row

    async def delete_session(self, id: UUID | str) -> m.SessionDeleted:
        """Delete a session.

        With its messages and all that was said in its runs. Its usage stays.

        ``DELETE /api/sessions/{id}``

        Args:
            id: The session

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("DELETE", f"/api/sessions/{path_text(id)}", m.SessionDeleted)

    async def set_session_label(self, id: UUID | str, body: m.SetSessionLabel) -> m.SessionLabelSet:
        """Name a session.

        ``PUT /api/sessions/{id}/label``

        Args:
            id: The session
            body: Label of a session.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `session_not_found`
            408: `request_timeout`
            409: `session_label_taken`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("PUT", f"/api/sessions/{path_text(id)}/label", m.SessionLabelSet, json=body)

    async def list_session_messages(
        self,
        id: UUID | str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        order: Literal["asc", "desc"] | None = None,
        role: Literal["user", "assistant", "system", "tool"] | None = None,
        after_seq: int | None = None,
    ) -> m.MessageList:
        """List the messages of a session.

        The rows as they are stored: words of the server and results of tools included, nothing folded.

        ``GET /api/sessions/{id}/messages``

        Args:
            id: The session
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            order: By number.
            role: Role, in any case.
            after_seq: Only messages with a higher number.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            f"/api/sessions/{path_text(id)}/messages",
            m.MessageList,
            params={"limit": limit, "cursor": cursor, "order": order, "role": role, "after_seq": after_seq},
        )

    async def iter_session_messages(
        self,
        id: UUID | str,
        *,
        limit: int | None = None,
        order: Literal["asc", "desc"] | None = None,
        role: Literal["user", "assistant", "system", "tool"] | None = None,
        after_seq: int | None = None,
    ) -> AsyncIterator[m.Message]:
        """List the messages of a session: the rows of all pages, one after the other.

        The rows as they are stored: words of the server and results of tools included, nothing folded.

        ``GET /api/sessions/{id}/messages``

        Args:
            id: The session
            limit: Rows of a page.
            order: By number.
            role: Role, in any case.
            after_seq: Only messages with a higher number.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `session_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            f"/api/sessions/{path_text(id)}/messages",
            m.MessageList,
            {"limit": limit, "order": order, "role": role, "after_seq": after_seq},
        ):
            for row in page.messages:
                yield row


class AsyncMemory:
    """What agents remember: key-values, semantic memories, the knowledge graph."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def consolidate_memories(
        self, id: str, body: m.ConsolidateMemories | None = None, *, idempotency_key: str | None = None
    ) -> m.MemoriesConsolidated:
        """Consolidate memories.

        Merges near-duplicates: the longest text stays, with the highest confidence and the metadata of all. Memories that were not
        used for 7 days lose some confidence, once a day and never below 0.1. Calls no model; the server also does it by itself.

        ``POST /api/memory/agents/{id}/consolidate``

        Args:
            id: UUID or exact name of the agent
            body: How memories are tidied up.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/memory/agents/{path_text(id)}/consolidate",
            m.MemoriesConsolidated,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    async def list_agent_kv(
        self,
        id: str,
        *,
        prefix: str | None = None,
        namespace: Literal["self", "user", "shared", "all"] | None = None,
        user: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.KvList:
        """List key-values.

        The agent's own, with `user` also those of that person, and the shared ones.

        ``GET /api/memory/agents/{id}/kv``

        Args:
            id: UUID or exact name of the agent
            prefix: What the key begins with.
            namespace: One namespace.
            user: The person of the namespace `user`: a sender id of yours, the name of the login, or the form in which others' are shown.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            f"/api/memory/agents/{path_text(id)}/kv",
            m.KvList,
            params={"prefix": prefix, "namespace": namespace, "user": user, "limit": limit, "cursor": cursor},
        )

    async def iter_agent_kv(
        self,
        id: str,
        *,
        prefix: str | None = None,
        namespace: Literal["self", "user", "shared", "all"] | None = None,
        user: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[m.KvPair]:
        """List key-values: the rows of all pages, one after the other.

        The agent's own, with `user` also those of that person, and the shared ones.

        ``GET /api/memory/agents/{id}/kv``

        Args:
            id: UUID or exact name of the agent
            prefix: What the key begins with.
            namespace: One namespace.
            user: The person of the namespace `user`: a sender id of yours, the name of the login, or the form in which others' are shown.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            f"/api/memory/agents/{path_text(id)}/kv",
            m.KvList,
            {"prefix": prefix, "namespace": namespace, "user": user, "limit": limit},
        ):
            for row in page.kv_pairs:
                yield row

    async def get_agent_kv(self, id: str, key: str, *, user: str | None = None) -> m.KvPair:
        """Read a value.

        A key without a namespace is looked for with the person (`user`), then with the agent itself, then among the shared ones.

        ``GET /api/memory/agents/{id}/kv/{key}``

        Args:
            id: UUID or exact name of the agent
            key: Key, percent-encoded
            user: The person of the namespace `user`: a sender id of yours, the name of the login, or the form in which others' are shown.

        Raises ApiError:
            400: `invalid_key`, `invalid_request`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `key_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET", f"/api/memory/agents/{path_text(id)}/kv/{path_text(key)}", m.KvPair, params={"user": user}
        )

    async def set_agent_kv(self, id: str, key: str, body: m.SetKv, *, user: str | None = None) -> m.KvStored:
        """Store a value.

        A key without a namespace is the agent's own, also where reading would look further. A body without the member `value`
        is itself the value.

        ``PUT /api/memory/agents/{id}/kv/{key}``

        Args:
            id: UUID or exact name of the agent
            key: Key, percent-encoded
            body: A value to be stored. A body without the member `value`, or no object, is itself the value.
            user: The person of the namespace `user`: a sender id of yours, the name of the login, or the form in which others' are shown.

        Raises ApiError:
            400: `invalid_key`, `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `version_conflict`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PUT",
            f"/api/memory/agents/{path_text(id)}/kv/{path_text(key)}",
            m.KvStored,
            params={"user": user},
            json=body,
        )

    async def delete_agent_kv(self, id: str, key: str, *, user: str | None = None) -> m.KvDeleted:
        """Delete a value.

        A key without a namespace is the agent's own.

        ``DELETE /api/memory/agents/{id}/kv/{key}``

        Args:
            id: UUID or exact name of the agent
            key: Key, percent-encoded
            user: The person of the namespace `user`: a sender id of yours, the name of the login, or the form in which others' are shown.

        Raises ApiError:
            400: `invalid_key`, `invalid_request`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `key_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "DELETE", f"/api/memory/agents/{path_text(id)}/kv/{path_text(key)}", m.KvDeleted, params={"user": user}
        )

    async def list_memories(
        self,
        id: str,
        *,
        user: str | None = None,
        scope: str | None = None,
        source: Literal["conversation", "document", "observation", "inference", "user_provided", "system"]
        | None = None,
        min_confidence: float | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        q: str | None = None,
        include_embedding: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.MemoryList:
        """List memories.

        Newest first. Listing does not count as use.

        ``GET /api/memory/agents/{id}/memories``

        Args:
            id: UUID or exact name of the agent
            user: Also what is kept about this person; otherwise only what the agent keeps for itself.
            scope: Only this scope.
            source: Only this source.
            min_confidence: Only memories at least so sure.
            after: Only what was remembered after this time.
            before: Only what was remembered before this time.
            q: Part of the content.
            include_embedding: Show the vectors.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            f"/api/memory/agents/{path_text(id)}/memories",
            m.MemoryList,
            params={
                "user": user,
                "scope": scope,
                "source": source,
                "min_confidence": min_confidence,
                "after": after,
                "before": before,
                "q": q,
                "include_embedding": include_embedding,
                "limit": limit,
                "cursor": cursor,
            },
        )

    async def iter_memories(
        self,
        id: str,
        *,
        user: str | None = None,
        scope: str | None = None,
        source: Literal["conversation", "document", "observation", "inference", "user_provided", "system"]
        | None = None,
        min_confidence: float | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        q: str | None = None,
        include_embedding: bool | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[m.MemoryFragment]:
        """List memories: the rows of all pages, one after the other.

        Newest first. Listing does not count as use.

        ``GET /api/memory/agents/{id}/memories``

        Args:
            id: UUID or exact name of the agent
            user: Also what is kept about this person; otherwise only what the agent keeps for itself.
            scope: Only this scope.
            source: Only this source.
            min_confidence: Only memories at least so sure.
            after: Only what was remembered after this time.
            before: Only what was remembered before this time.
            q: Part of the content.
            include_embedding: Show the vectors.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`, `invalid_request`, `invalid_cursor`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            f"/api/memory/agents/{path_text(id)}/memories",
            m.MemoryList,
            {
                "user": user,
                "scope": scope,
                "source": source,
                "min_confidence": min_confidence,
                "after": after,
                "before": before,
                "q": q,
                "include_embedding": include_embedding,
                "limit": limit,
            },
        ):
            for row in page.memories:
                yield row

    async def create_memory(
        self, id: str, body: m.CreateMemory, *, idempotency_key: str | None = None
    ) -> m.MemoryFragment:
        """Remember something.

        The same content about the same person in the same scope is kept once: the memory that is there is returned with 200,
        with the larger confidence. When the embedder is out of reach, the vector is made later.

        ``POST /api/memory/agents/{id}/memories``

        Args:
            id: UUID or exact name of the agent
            body: Something to remember.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_embedding`, `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/memory/agents/{path_text(id)}/memories",
            m.MemoryFragment,
            headers={"Idempotency-Key": idempotency_key},
            json=body,
        )

    async def delete_memories(
        self,
        id: str,
        *,
        user: str | None = None,
        scope: str | None = None,
        source: Literal["conversation", "document", "observation", "inference", "user_provided", "system"]
        | None = None,
        before: datetime | None = None,
        max_confidence: float | None = None,
        all: bool | None = None,
    ) -> m.MemoriesDeleted:
        """Forget many memories.

        Those that fit all filters, of everybody unless `user` names somebody.

        ``DELETE /api/memory/agents/{id}/memories``

        Args:
            id: UUID or exact name of the agent
            user: Only what is kept about this person.
            scope: Only this scope.
            source: Only this source.
            before: Only what was remembered before this time.
            max_confidence: Only memories at most so sure.
            all: Must be true to forget without a filter.

        Raises ApiError:
            400: `invalid_request`: neither a filter nor `all=true`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "DELETE",
            f"/api/memory/agents/{path_text(id)}/memories",
            m.MemoriesDeleted,
            params={
                "user": user,
                "scope": scope,
                "source": source,
                "before": before,
                "max_confidence": max_confidence,
                "all": all,
            },
        )

    async def get_memory(
        self, id: str, memory_id: UUID | str, *, include_embedding: bool | None = None
    ) -> m.MemoryFragment:
        """Read a memory.

        ``GET /api/memory/agents/{id}/memories/{memory_id}``

        Args:
            id: UUID or exact name of the agent
            memory_id: The memory
            include_embedding: Show the vector.

        Raises ApiError:
            400: `invalid_id`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `memory_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            f"/api/memory/agents/{path_text(id)}/memories/{path_text(memory_id)}",
            m.MemoryFragment,
            params={"include_embedding": include_embedding},
        )

    async def update_memory(
        self, id: str, memory_id: UUID | str, body: m.UpdateMemory | None = None
    ) -> m.MemoryFragment:
        """Correct a memory.

        A new content gets a new vector.

        ``PATCH /api/memory/agents/{id}/memories/{memory_id}``

        Args:
            id: UUID or exact name of the agent
            memory_id: The memory
            body: A correction. What is absent stays.

        Raises ApiError:
            400: `invalid_id`, `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `memory_not_found`
            408: `request_timeout`
            409: `conflict`: another memory of this scope has that content
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PATCH",
            f"/api/memory/agents/{path_text(id)}/memories/{path_text(memory_id)}",
            m.MemoryFragment,
            json={} if body is None else body,
        )

    async def delete_memory(self, id: str, memory_id: UUID | str) -> None:
        """Forget a memory.

        ``DELETE /api/memory/agents/{id}/memories/{memory_id}``

        Args:
            id: UUID or exact name of the agent
            memory_id: The memory

        Raises ApiError:
            400: `invalid_id`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`, `memory_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "DELETE", f"/api/memory/agents/{path_text(id)}/memories/{path_text(memory_id)}", None
        )

    async def export_memory(
        self, *, agent: str | None = None, include: str | None = None, embeddings: bool | None = None
    ) -> m.MemoryExport:
        """Export memory.

        Everything in one document, which `import_memory` takes in again.

        ``GET /api/memory/export``

        Args:
            agent: Only key-values and memories of this agent: id or name.
            include: Kinds, between commas: kv, memories.
            embeddings: With the vectors.

        Raises ApiError:
            400: `invalid_request`, `invalid_request`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/memory/export",
            m.MemoryExport,
            params={"agent": agent, "include": include, "embeddings": embeddings},
        )

    async def list_entities(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        q: str | None = None,
        entity_type: str | None = None,
        scope: m.GraphScope | None = None,
        agent: str | None = None,
    ) -> m.EntityList:
        """List entities.

        By name, of all agents.

        ``GET /api/memory/graph/entities``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            q: Part of the name or an alias, in any case.
            entity_type: Only entities of this type.
            scope: Only entities of this scope.
            agent: Id or name of the agent that owns or added them.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/memory/graph/entities",
            m.EntityList,
            params={
                "limit": limit,
                "cursor": cursor,
                "q": q,
                "entity_type": entity_type,
                "scope": scope,
                "agent": agent,
            },
        )

    async def iter_entities(
        self,
        *,
        limit: int | None = None,
        q: str | None = None,
        entity_type: str | None = None,
        scope: m.GraphScope | None = None,
        agent: str | None = None,
    ) -> AsyncIterator[m.Entity]:
        """List entities: the rows of all pages, one after the other.

        By name, of all agents.

        ``GET /api/memory/graph/entities``

        Args:
            limit: Rows of a page.
            q: Part of the name or an alias, in any case.
            entity_type: Only entities of this type.
            scope: Only entities of this scope.
            agent: Id or name of the agent that owns or added them.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/memory/graph/entities",
            m.EntityList,
            {"limit": limit, "q": q, "entity_type": entity_type, "scope": scope, "agent": agent},
        ):
            for row in page.entities:
                yield row

    async def create_entity(self, body: m.CreateEntity, *, idempotency_key: str | None = None) -> m.Entity:
        """Add an entity.

        Or bring the one up to date that is there already: with this id, or without an id in the request with this name and
        type in the same scope. Its name, aliases and properties are replaced.

        ``POST /api/memory/graph/entities``

        Args:
            body: An entity to be added, or brought up to date when it is already there.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `duplicate_entity`: the id, or name and type, belong to another one, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST", "/api/memory/graph/entities", m.Entity, headers={"Idempotency-Key": idempotency_key}, json=body
        )

    async def get_entity(self, entity_id: str) -> m.EntityDetail:
        """Get an entity.

        With the number of its relations.

        ``GET /api/memory/graph/entities/{entity_id}``

        Args:
            entity_id: The entity

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `entity_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/api/memory/graph/entities/{path_text(entity_id)}", m.EntityDetail)

    async def update_entity(self, entity_id: str, body: m.UpdateEntity | None = None) -> m.Entity:
        """Change an entity.

        Absent members stay; properties are merged.

        ``PATCH /api/memory/graph/entities/{entity_id}``

        Args:
            entity_id: The entity
            body: Changes to an entity. Absent members stay; null clears lists and properties.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `entity_not_found`
            408: `request_timeout`
            409: `duplicate_entity`: another one of the scope has this name and type
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PATCH", f"/api/memory/graph/entities/{path_text(entity_id)}", m.Entity, json={} if body is None else body
        )

    async def delete_entity(self, entity_id: str) -> m.EntityDeleted:
        """Delete an entity.

        And every relation that touches it.

        ``DELETE /api/memory/graph/entities/{entity_id}``

        Args:
            entity_id: The entity

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `entity_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "DELETE", f"/api/memory/graph/entities/{path_text(entity_id)}", m.EntityDeleted
        )

    async def query_graph(
        self, body: m.QueryGraph | None = None, *, idempotency_key: str | None = None
    ) -> m.GraphMatches:
        """Find connections.

        From one end: its relations, theirs and so on, breadth first; each relation once, with the depth at which it was first
        reached. Between two ends: the relations on paths that visit no entity twice. Without an end: all relations, the surest
        first. `relation` and `min_confidence` hold for every hop. An unknown name finds nothing.

        ``POST /api/memory/graph/query``

        Args:
            body: A search from one entity, between two, or for relations of any.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            "/api/memory/graph/query",
            m.GraphMatches,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    async def list_relations(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        source: str | None = None,
        target: str | None = None,
        relation: str | None = None,
        min_confidence: float | None = None,
        scope: m.GraphScope | None = None,
        agent: str | None = None,
    ) -> m.RelationList:
        """List relations.

        Newest first, of all agents.

        ``GET /api/memory/graph/relations``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            source: Id, name or alias of the entity they start from.
            target: Id, name or alias of the entity they lead to.
            relation: Only relations of this kind.
            min_confidence: Only relations that are at least so sure.
            scope: Only relations of this scope.
            agent: Id or name of the agent that owns or added them.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/memory/graph/relations",
            m.RelationList,
            params={
                "limit": limit,
                "cursor": cursor,
                "source": source,
                "target": target,
                "relation": relation,
                "min_confidence": min_confidence,
                "scope": scope,
                "agent": agent,
            },
        )

    async def iter_relations(
        self,
        *,
        limit: int | None = None,
        source: str | None = None,
        target: str | None = None,
        relation: str | None = None,
        min_confidence: float | None = None,
        scope: m.GraphScope | None = None,
        agent: str | None = None,
    ) -> AsyncIterator[m.Relation]:
        """List relations: the rows of all pages, one after the other.

        Newest first, of all agents.

        ``GET /api/memory/graph/relations``

        Args:
            limit: Rows of a page.
            source: Id, name or alias of the entity they start from.
            target: Id, name or alias of the entity they lead to.
            relation: Only relations of this kind.
            min_confidence: Only relations that are at least so sure.
            scope: Only relations of this scope.
            agent: Id or name of the agent that owns or added them.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/memory/graph/relations",
            m.RelationList,
            {
                "limit": limit,
                "source": source,
                "target": target,
                "relation": relation,
                "min_confidence": min_confidence,
                "scope": scope,
                "agent": agent,
            },
        ):
            for row in page.relations:
                yield row

    async def create_relation(self, body: m.CreateRelation, *, idempotency_key: str | None = None) -> m.Relation:
        """Connect two entities.

        Or bring the relation up to date that is there already, with the same source, relation and target in the same scope:
        its confidence and properties are replaced. A name must fit exactly one entity; names count before aliases.

        ``POST /api/memory/graph/relations``

        Args:
            body: A relation to be added, or brought up to date when it is already there.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `entity_not_found`, `agent_not_found`
            408: `request_timeout`
            409: `ambiguous_entity`: several have the name; `details` has their ids, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST", "/api/memory/graph/relations", m.Relation, headers={"Idempotency-Key": idempotency_key}, json=body
        )

    async def get_relation(self, relation_id: UUID | str) -> m.Relation:
        """Get a relation.

        ``GET /api/memory/graph/relations/{relation_id}``

        Args:
            relation_id: The relation

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `relation_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/api/memory/graph/relations/{path_text(relation_id)}", m.Relation)

    async def delete_relation(self, relation_id: UUID | str) -> None:
        """Delete a relation.

        Its entities stay.

        ``DELETE /api/memory/graph/relations/{relation_id}``

        Args:
            relation_id: The relation

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `relation_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("DELETE", f"/api/memory/graph/relations/{path_text(relation_id)}", None)

    async def import_memory(
        self,
        body: m.MemoryExport,
        *,
        mode: Literal["merge", "replace", "skip"] | None = None,
        agent: str | None = None,
        on_error: Literal["abort", "skip"] | None = None,
        dry_run: bool | None = None,
        idempotency_key: str | None = None,
    ) -> m.MemoryImported:
        """Import memory.

        In one transaction. Agents of the document are found by id, then by name. Vectors that are missing, or of another embedder,
        are made afterwards.

        The body may have up to 64 MiB.

        ``POST /api/memory/import``

        Args:
            body: All memory in one document. People are named in a form that means the same to every caller.
            mode: What becomes of what is there already.
            agent: Put everything of agents under this one: id or name.
            on_error: What becomes of records that cannot be taken in.
            dry_run: Only try it.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_import`: the first 100 records at fault in `details`, `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            "/api/memory/import",
            m.MemoryImported,
            params={"mode": mode, "agent": agent, "on_error": on_error, "dry_run": dry_run},
            headers={"Idempotency-Key": idempotency_key},
            json=body,
        )

    async def search_memories(self, body: m.SearchMemories, *, idempotency_key: str | None = None) -> m.MemoriesFound:
        """Search memories.

        By meaning and by words. Counts as use of what it returns.

        ``POST /api/memory/search``

        Args:
            body: A question to the memories.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST", "/api/memory/search", m.MemoriesFound, headers={"Idempotency-Key": idempotency_key}, json=body
        )


class AsyncApprovals:
    """Questions to a person before something happens."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list_approvals(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: str | None = None,
        agent_id: str | None = None,
        kind: m.ApprovalKind | None = None,
        run_id: UUID | str | None = None,
        workflow_run_id: UUID | str | None = None,
    ) -> m.ApprovalList:
        """List approvals.

        Those that wait for a decision first, then the newest.

        ``GET /api/approvals``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            status: Only these, separated by commas.
            agent_id: Id or name of the agent, or what an external system called whoever asks.
            kind: What is asked for.
            run_id: Only those of this run.
            workflow_run_id: Only those of this workflow run.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/approvals",
            m.ApprovalList,
            params={
                "limit": limit,
                "cursor": cursor,
                "status": status,
                "agent_id": agent_id,
                "kind": kind,
                "run_id": run_id,
                "workflow_run_id": workflow_run_id,
            },
        )

    async def iter_approvals(
        self,
        *,
        limit: int | None = None,
        status: str | None = None,
        agent_id: str | None = None,
        kind: m.ApprovalKind | None = None,
        run_id: UUID | str | None = None,
        workflow_run_id: UUID | str | None = None,
    ) -> AsyncIterator[m.Approval]:
        """List approvals: the rows of all pages, one after the other.

        Those that wait for a decision first, then the newest.

        ``GET /api/approvals``

        Args:
            limit: Rows of a page.
            status: Only these, separated by commas.
            agent_id: Id or name of the agent, or what an external system called whoever asks.
            kind: What is asked for.
            run_id: Only those of this run.
            workflow_run_id: Only those of this workflow run.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/approvals",
            m.ApprovalList,
            {
                "limit": limit,
                "status": status,
                "agent_id": agent_id,
                "kind": kind,
                "run_id": run_id,
                "workflow_run_id": workflow_run_id,
            },
        ):
            for row in page.approvals:
                yield row

    async def create_approval(self, body: m.CreateApproval, *, idempotency_key: str | None = None) -> m.ApprovalCreated:
        """Ask for an approval.

        A gate for an external system: nothing runs when it is approved. Ask for the outcome with `get_approval`.

        ``POST /api/approvals``

        Args:
            body: A gate for an external system: nothing runs when it is approved, the caller asks for the outcome.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            408: `request_timeout`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `too_many_pending`, `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST", "/api/approvals", m.ApprovalCreated, headers={"Idempotency-Key": idempotency_key}, json=body
        )

    async def get_approval_policy(self) -> m.ApprovalPolicy:
        """Get the approval policy.

        ``GET /api/approvals/policy``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/api/approvals/policy", m.ApprovalPolicy)

    async def update_approval_policy(self, body: m.UpdateApprovalPolicy | None = None) -> m.ApprovalPolicy:
        """Change the approval policy.

        Absent members stay; null gives the configured value back. In force from the next tool call on; what waits already
        keeps its terms.

        ``PUT /api/approvals/policy``

        Args:
            body: Absent members stay as they are; null gives the default back.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PUT", "/api/approvals/policy", m.ApprovalPolicy, json={} if body is None else body
        )

    async def get_approval(self, id: UUID | str, *, wait_secs: int | None = None) -> m.Approval:
        """Get an approval.

        ``GET /api/approvals/{id}``

        Args:
            id: The approval
            wait_secs: Answers as soon as it is decided, at the latest after so many seconds.

        Raises ApiError:
            400: `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `approval_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET", f"/api/approvals/{path_text(id)}", m.Approval, params={"wait_secs": wait_secs}
        )

    async def approve_request(
        self, id: UUID | str, body: m.ApproveRequest | None = None, *, idempotency_key: str | None = None
    ) -> m.ApprovalDecided:
        """Approve.

        Releases exactly the stored call, once; the run that waits goes on, also after a restart. The same decision again
        answers as the first did.

        ``POST /api/approvals/{id}/approve``

        Args:
            id: The approval
            body: Yes.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`: `remember: rule` needs `system:write`, `insufficient_scope`, `origin_not_allowed`
            404: `approval_not_found`
            408: `request_timeout`
            409: `already_decided`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/approvals/{path_text(id)}/approve",
            m.ApprovalDecided,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    async def reject_request(
        self, id: UUID | str, body: m.RejectRequest | None = None, *, idempotency_key: str | None = None
    ) -> m.ApprovalDecided:
        """Reject.

        The call is not made; the agent is told so, with the reason, and goes on.

        ``POST /api/approvals/{id}/reject``

        Args:
            id: The approval
            body: No.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `approval_not_found`
            408: `request_timeout`
            409: `already_decided`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/approvals/{path_text(id)}/reject",
            m.ApprovalDecided,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )


class AsyncTemplates:
    """Agent templates and tool profiles."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list_profiles(self) -> m.ProfileList:
        """List tool profiles.

        The named sets of tools and grants a manifest can ask for with `profile`, from the narrowest to the widest. The
        profile `custom` is not listed: it has exactly the tools that the manifest names.

        ``GET /api/profiles``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/api/profiles", m.ProfileList)

    async def list_templates(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        category: m.TemplateCategory | None = None,
        q: str | None = None,
    ) -> m.TemplateList:
        """List agent templates.

        The built-in ones and those in `<home>/agents/<name>/agent.toml`, by name. A user's file hides a built-in template of
        the same name.

        ``GET /api/templates``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            category: Only this group; read in any case.
            q: Part of the name, the description or a tag, in any case.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/templates",
            m.TemplateList,
            params={"limit": limit, "cursor": cursor, "category": category, "q": q},
        )

    async def iter_templates(
        self, *, limit: int | None = None, category: m.TemplateCategory | None = None, q: str | None = None
    ) -> AsyncIterator[m.AgentTemplate]:
        """List agent templates: the rows of all pages, one after the other.

        The built-in ones and those in `<home>/agents/<name>/agent.toml`, by name. A user's file hides a built-in template of
        the same name.

        ``GET /api/templates``

        Args:
            limit: Rows of a page.
            category: Only this group; read in any case.
            q: Part of the name, the description or a tag, in any case.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/templates", m.TemplateList, {"limit": limit, "category": category, "q": q}
        ):
            for row in page.templates:
                yield row

    async def get_template(self, name: str) -> m.TemplateDetail:
        """Get an agent template.

        ``GET /api/templates/{name}``

        Args:
            name: The template

        Raises ApiError:
            400: `invalid_template_name`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `template_not_found`
            409: `invalid_template`: a user's file cannot be read or is no manifest
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/api/templates/{path_text(name)}", m.TemplateDetail)


class AsyncUsage:
    """What model calls took and cost."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def get_usage(
        self,
        *,
        period: Literal["hour", "day", "week", "month", "all"] | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.UsageReport:
        """Get usage by agent.

        Tokens, calls and cost of a span, in all and by agent. Everything is rows: numbers survive a restart.

        ``GET /api/usage``

        Args:
            period: A span up to now; does not count when `from` or `to` is given.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment; now, when only `from` is given.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/usage",
            m.UsageReport,
            params={"period": period, "from": from_, "to": to, "limit": limit, "cursor": cursor},
        )

    async def iter_get_usage(
        self,
        *,
        period: Literal["hour", "day", "week", "month", "all"] | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[m.AgentUsage]:
        """Get usage by agent: the rows of all pages, one after the other.

        Tokens, calls and cost of a span, in all and by agent. Everything is rows: numbers survive a restart.

        ``GET /api/usage``

        Args:
            period: A span up to now; does not count when `from` or `to` is given.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment; now, when only `from` is given.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/usage", m.UsageReport, {"period": period, "from": from_, "to": to, "limit": limit}
        ):
            for row in page.agents:
                yield row

    async def get_usage_breakdown(
        self,
        *,
        group_by: str,
        from_: datetime | None = None,
        to: datetime | None = None,
        agent_id: UUID | str | None = None,
        provider: str | None = None,
        model: str | None = None,
        api_key_id: str | None = None,
        status: Literal["ok", "error", "cancelled", "interrupted", "budget_refused"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.UsageBreakdown:
        """Break usage down.

        By one or two dimensions, of this month unless `from` or `to` is given.

        ``GET /api/usage/breakdown``

        Args:
            group_by: One or two of `agent`, `model`, `provider`, `api_key`, `door`, `purpose`, `status`, `hour`, `day`, `month`, separated
        by a comma.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment.
            agent_id: Only calls of this agent.
            provider: Only calls of this provider.
            model: Only calls of this model, as it was asked for.
            api_key_id: Only calls of runs that this API key started; `root`: that of the configuration.
            status: Only calls that ended so.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/usage/breakdown",
            m.UsageBreakdown,
            params={
                "group_by": group_by,
                "from": from_,
                "to": to,
                "agent_id": agent_id,
                "provider": provider,
                "model": model,
                "api_key_id": api_key_id,
                "status": status,
                "limit": limit,
                "cursor": cursor,
            },
        )

    async def iter_get_usage_breakdown(
        self,
        *,
        group_by: str,
        from_: datetime | None = None,
        to: datetime | None = None,
        agent_id: UUID | str | None = None,
        provider: str | None = None,
        model: str | None = None,
        api_key_id: str | None = None,
        status: Literal["ok", "error", "cancelled", "interrupted", "budget_refused"] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[m.UsageGroup]:
        """Break usage down: the rows of all pages, one after the other.

        By one or two dimensions, of this month unless `from` or `to` is given.

        ``GET /api/usage/breakdown``

        Args:
            group_by: One or two of `agent`, `model`, `provider`, `api_key`, `door`, `purpose`, `status`, `hour`, `day`, `month`, separated
        by a comma.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment.
            agent_id: Only calls of this agent.
            provider: Only calls of this provider.
            model: Only calls of this model, as it was asked for.
            api_key_id: Only calls of runs that this API key started; `root`: that of the configuration.
            status: Only calls that ended so.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/usage/breakdown",
            m.UsageBreakdown,
            {
                "group_by": group_by,
                "from": from_,
                "to": to,
                "agent_id": agent_id,
                "provider": provider,
                "model": model,
                "api_key_id": api_key_id,
                "status": status,
                "limit": limit,
            },
        ):
            for row in page.groups:
                yield row

    async def list_usage_by_model(
        self,
        *,
        period: Literal["hour", "day", "week", "month", "all"] | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        provider: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.ModelUsageList:
        """List usage by model.

        ``GET /api/usage/by-model``

        Args:
            period: A span up to now; does not count when `from` or `to` is given.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment; now, when only `from` is given.
            provider: Only calls of this provider.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/usage/by-model",
            m.ModelUsageList,
            params={"period": period, "from": from_, "to": to, "provider": provider, "limit": limit, "cursor": cursor},
        )

    async def iter_usage_by_model(
        self,
        *,
        period: Literal["hour", "day", "week", "month", "all"] | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        provider: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[m.ModelUsage]:
        """List usage by model: the rows of all pages, one after the other.

        ``GET /api/usage/by-model``

        Args:
            period: A span up to now; does not count when `from` or `to` is given.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment; now, when only `from` is given.
            provider: Only calls of this provider.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/usage/by-model",
            m.ModelUsageList,
            {"period": period, "from": from_, "to": to, "provider": provider, "limit": limit},
        ):
            for row in page.models:
                yield row

    async def list_daily_usage(self, *, days: int | None = None) -> m.DailyUsageList:
        """List usage by day.

        Days of the budget's time zone; days without calls are listed with zeros.

        ``GET /api/usage/daily``

        Args:
            days: Number of days, today included.

        Raises ApiError:
            400: `invalid_request`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/api/usage/daily", m.DailyUsageList, params={"days": days})

    async def export_usage(
        self,
        *,
        format: Literal["csv", "jsonl"] | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        agent_id: UUID | str | None = None,
        provider: str | None = None,
        model: str | None = None,
        api_key_id: str | None = None,
        status: Literal["ok", "error", "cancelled", "interrupted", "budget_refused"] | None = None,
        run_id: UUID | str | None = None,
        session_id: UUID | str | None = None,
    ) -> str:
        """Export model calls.

        All that match, newest first, as a stream.

        ``GET /api/usage/export``

        Args:
            format: CSV with a line of names, or one JSON object a line.
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment.
            agent_id: Only calls of this agent.
            provider: Only calls of this provider.
            model: Only calls of this model, as it was asked for.
            api_key_id: Only calls of runs that this API key started; `root`: that of the configuration.
            status: Only calls that ended so.
            run_id: Only calls of this run.
            session_id: Only calls of this session.

        Raises ApiError:
            400: `invalid_request`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/usage/export",
            str,
            params={
                "format": format,
                "from": from_,
                "to": to,
                "agent_id": agent_id,
                "provider": provider,
                "model": model,
                "api_key_id": api_key_id,
                "status": status,
                "run_id": run_id,
                "session_id": session_id,
            },
        )

    async def list_usage_records(
        self,
        *,
        from_: datetime | None = None,
        to: datetime | None = None,
        agent_id: UUID | str | None = None,
        provider: str | None = None,
        model: str | None = None,
        api_key_id: str | None = None,
        status: Literal["ok", "error", "cancelled", "interrupted", "budget_refused"] | None = None,
        run_id: UUID | str | None = None,
        session_id: UUID | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.UsageRecordList:
        """List model calls.

        Newest first; failed calls and calls that a limit refused included.

        ``GET /api/usage/records``

        Args:
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment.
            agent_id: Only calls of this agent.
            provider: Only calls of this provider.
            model: Only calls of this model, as it was asked for.
            api_key_id: Only calls of runs that this API key started; `root`: that of the configuration.
            status: Only calls that ended so.
            run_id: Only calls of this run.
            session_id: Only calls of this session.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/usage/records",
            m.UsageRecordList,
            params={
                "from": from_,
                "to": to,
                "agent_id": agent_id,
                "provider": provider,
                "model": model,
                "api_key_id": api_key_id,
                "status": status,
                "run_id": run_id,
                "session_id": session_id,
                "limit": limit,
                "cursor": cursor,
            },
        )

    async def iter_usage_records(
        self,
        *,
        from_: datetime | None = None,
        to: datetime | None = None,
        agent_id: UUID | str | None = None,
        provider: str | None = None,
        model: str | None = None,
        api_key_id: str | None = None,
        status: Literal["ok", "error", "cancelled", "interrupted", "budget_refused"] | None = None,
        run_id: UUID | str | None = None,
        session_id: UUID | str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[m.UsageRecord]:
        """List model calls: the rows of all pages, one after the other.

        Newest first; failed calls and calls that a limit refused included.

        ``GET /api/usage/records``

        Args:
            from_: Calls that ended at this moment or later.
            to: Calls that ended before this moment.
            agent_id: Only calls of this agent.
            provider: Only calls of this provider.
            model: Only calls of this model, as it was asked for.
            api_key_id: Only calls of runs that this API key started; `root`: that of the configuration.
            status: Only calls that ended so.
            run_id: Only calls of this run.
            session_id: Only calls of this session.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/usage/records",
            m.UsageRecordList,
            {
                "from": from_,
                "to": to,
                "agent_id": agent_id,
                "provider": provider,
                "model": model,
                "api_key_id": api_key_id,
                "status": status,
                "run_id": run_id,
                "session_id": session_id,
                "limit": limit,
            },
        ):
            for row in page.records:
                yield row

    async def get_usage_summary(self) -> m.UsageSummary:
        """Get a summary of all usage.

        ``GET /api/usage/summary``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/api/usage/summary", m.UsageSummary)


class AsyncBudget:
    """Limits on money and tokens."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def get_budget(self) -> m.BudgetStatus:
        """Get the server's budget.

        Limits in force, what is spent, and what calls under way may add.

        ``GET /api/budget``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/api/budget", m.BudgetStatus)

    async def update_budget(self, body: m.UpdateBudget | None = None) -> m.BudgetStatus:
        """Change the server's budget.

        In force before the answer, and after a restart. Calls that are reserved already go on.

        ``PUT /api/budget``

        Args:
            body: New limits of the server. What is absent stays, null goes back to the configuration.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("PUT", "/api/budget", m.BudgetStatus, json={} if body is None else body)

    async def list_agent_budgets(
        self, *, over: bool | None = None, limit: int | None = None, cursor: str | None = None
    ) -> m.AgentBudgetList:
        """List the budgets of agents.

        ``GET /api/budget/agents``

        Args:
            over: Only those at or above the alert threshold of one of their limits, or only the others.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET", "/api/budget/agents", m.AgentBudgetList, params={"over": over, "limit": limit, "cursor": cursor}
        )

    async def iter_agent_budgets(
        self, *, over: bool | None = None, limit: int | None = None
    ) -> AsyncIterator[m.AgentBudgetLine]:
        """List the budgets of agents: the rows of all pages, one after the other.

        ``GET /api/budget/agents``

        Args:
            over: Only those at or above the alert threshold of one of their limits, or only the others.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/budget/agents", m.AgentBudgetList, {"over": over, "limit": limit}
        ):
            for row in page.agents:
                yield row

    async def get_agent_budget(self, id: str) -> m.AgentBudget:
        """Get an agent's budget.

        ``GET /api/budget/agents/{id}``

        Args:
            id: UUID or exact name of the agent

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/api/budget/agents/{path_text(id)}", m.AgentBudget)

    async def update_agent_budget(self, id: str, body: m.UpdateSpending | None = None) -> m.AgentBudget:
        """Change an agent's budget.

        The limits are part of its manifest's resources. In force for the next model call, and after a restart.

        ``PUT /api/budget/agents/{id}``

        Args:
            id: UUID or exact name of the agent
            body: New limits of an agent or an API key. What is absent stays, null goes back to the default.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PUT", f"/api/budget/agents/{path_text(id)}", m.AgentBudget, json={} if body is None else body
        )

    async def list_budget_events(
        self,
        *,
        scope: Literal["global", "agent", "api_key"] | None = None,
        kind: Literal["warning", "exceeded", "changed"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.BudgetEventList:
        """List budget events.

        Warnings, refusals and changes of limits, newest first.

        ``GET /api/budget/events``

        Args:
            scope: Whom the limit is for.
            kind: What happened.
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/budget/events",
            m.BudgetEventList,
            params={"scope": scope, "kind": kind, "limit": limit, "cursor": cursor},
        )

    async def iter_budget_events(
        self,
        *,
        scope: Literal["global", "agent", "api_key"] | None = None,
        kind: Literal["warning", "exceeded", "changed"] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[m.BudgetEvent]:
        """List budget events: the rows of all pages, one after the other.

        Warnings, refusals and changes of limits, newest first.

        ``GET /api/budget/events``

        Args:
            scope: Whom the limit is for.
            kind: What happened.
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/budget/events", m.BudgetEventList, {"scope": scope, "kind": kind, "limit": limit}
        ):
            for row in page.events:
                yield row

    async def list_key_budgets(self, *, limit: int | None = None, cursor: str | None = None) -> m.KeyBudgetList:
        """List the budgets of API keys.

        ``GET /api/budget/keys``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET", "/api/budget/keys", m.KeyBudgetList, params={"limit": limit, "cursor": cursor}
        )

    async def iter_key_budgets(self, *, limit: int | None = None) -> AsyncIterator[m.KeyBudgetLine]:
        """List the budgets of API keys: the rows of all pages, one after the other.

        ``GET /api/budget/keys``

        Args:
            limit: Rows of a page.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages("/api/budget/keys", m.KeyBudgetList, {"limit": limit}):
            for row in page.keys:
                yield row

    async def get_key_budget(self, id: str) -> m.KeyBudget:
        """Get the budget of an API key.

        ``GET /api/budget/keys/{id}``

        Args:
            id: UUID of the key, or `root` for that of the configuration

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `key_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/api/budget/keys/{path_text(id)}", m.KeyBudget)

    async def update_key_budget(self, id: str, body: m.UpdateSpending | None = None) -> m.KeyBudget:
        """Change the budget of an API key.

        For all runs that it starts. In force before the answer, and after a restart.

        ``PUT /api/budget/keys/{id}``

        Args:
            id: UUID of the key, or `root` for that of the configuration
            body: New limits of an agent or an API key. What is absent stays, null goes back to the default.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `key_not_found`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PUT", f"/api/budget/keys/{path_text(id)}", m.KeyBudget, json={} if body is None else body
        )


class AsyncTools:
    """Tools, and single calls of them."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list_tools(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        source: m.ToolSource | None = None,
        q: str | None = None,
        agent: str | None = None,
    ) -> m.ToolList:
        """List tools.

        Every tool that an agent could be given, by name.

        ``GET /api/tools``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            source: Only tools from there.
            q: Part of the name or the description, in any case.
            agent: Id or exact name of an agent: only what it may call now.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/tools",
            m.ToolList,
            params={"limit": limit, "cursor": cursor, "source": source, "q": q, "agent": agent},
        )

    async def iter_tools(
        self,
        *,
        limit: int | None = None,
        source: m.ToolSource | None = None,
        q: str | None = None,
        agent: str | None = None,
    ) -> AsyncIterator[m.ToolDefinition]:
        """List tools: the rows of all pages, one after the other.

        Every tool that an agent could be given, by name.

        ``GET /api/tools``

        Args:
            limit: Rows of a page.
            source: Only tools from there.
            q: Part of the name or the description, in any case.
            agent: Id or exact name of an agent: only what it may call now.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `agent_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/tools", m.ToolList, {"limit": limit, "source": source, "q": q, "agent": agent}
        ):
            for row in page.tools:
                yield row

    async def get_tool(self, name: str) -> m.ToolDefinition:
        """Get a tool.

        What a model is told of it, and what the policy knows of it.

        ``GET /api/tools/{name}``

        Args:
            name: Name of the tool

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `tool_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/api/tools/{path_text(name)}", m.ToolDefinition)

    async def invoke_tool(
        self, name: str, body: m.InvokeTool, *, idempotency_key: str | None = None
    ) -> m.ToolInvoked | m.Run:
        """Invoke a tool.

        Makes one call as an agent, without a model: a run of the door `tool` with one step, under the same policy as in a
        conversation. The messages of the session stay as they are. A tool that fails answers 200 with `is_error`.

        ``POST /api/tools/{name}/invoke``

        Args:
            name: Name of the tool
            body: One call of a tool.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `tool_denied`: the text says by which rule, `insufficient_scope`, `origin_not_allowed`
            404: `tool_not_found`, `agent_not_found` or `session_not_found`
            408: `request_timeout`
            409: `agent_not_running`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `quota_exceeded` or `queue_full`, `rate_limited`
            500: `internal_error`
            503: `draining`
        """
        return await self._transport.call(
            "POST",
            f"/api/tools/{path_text(name)}/invoke",
            m.ToolInvoked | m.Run,
            headers={"Idempotency-Key": idempotency_key},
            json=body,
        )


class AsyncAuth:
    """API keys, logins, roles."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def check_auth(self) -> m.AuthCheck:
        """Check the credential.

        What a page needs to know before it has one. Never fails for want of a credential.

        ``GET /api/auth/check``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/api/auth/check", m.AuthCheck)

    async def list_api_keys(
        self, *, limit: int | None = None, cursor: str | None = None, include_revoked: bool | None = None
    ) -> m.ApiKeyList:
        """List API keys.

        Newest first, without the keys themselves.

        ``GET /api/auth/keys``

        Args:
            limit: Rows of a page.
            cursor: `next_cursor` of the page before.
            include_revoked: Also keys that were revoked.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "GET",
            "/api/auth/keys",
            m.ApiKeyList,
            params={"limit": limit, "cursor": cursor, "include_revoked": include_revoked},
        )

    async def iter_api_keys(
        self, *, limit: int | None = None, include_revoked: bool | None = None
    ) -> AsyncIterator[m.ApiKey]:
        """List API keys: the rows of all pages, one after the other.

        Newest first, without the keys themselves.

        ``GET /api/auth/keys``

        Args:
            limit: Rows of a page.
            include_revoked: Also keys that were revoked.

        Raises ApiError:
            400: `invalid_request`, `invalid_cursor`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        async for page in self._transport.pages(
            "/api/auth/keys", m.ApiKeyList, {"limit": limit, "include_revoked": include_revoked}
        ):
            for row in page.keys:
                yield row

    async def create_api_key(self, body: m.CreateApiKey, *, idempotency_key: str | None = None) -> m.ApiKeyCreated:
        """Create an API key.

        In force at once. `key` is shown only here. The first key ends the open mode, in which this machine needs none.

        ``POST /api/auth/keys``

        Args:
            body: A new API key. `role` or `scopes` is needed; together they add up.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `unknown_scope`, `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            408: `request_timeout`
            409: `key_name_taken`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST", "/api/auth/keys", m.ApiKeyCreated, headers={"Idempotency-Key": idempotency_key}, json=body
        )

    async def get_api_key(self, id: UUID | str) -> m.ApiKey:
        """Get an API key.

        ``GET /api/auth/keys/{id}``

        Args:
            id: The key

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `key_not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/api/auth/keys/{path_text(id)}", m.ApiKey)

    async def update_api_key(self, id: UUID | str, body: m.UpdateApiKey | None = None) -> m.ApiKey:
        """Change an API key.

        Absent members stay as they are; role and scopes are replaced as sent. Open streams and sockets of the key are
        checked again within 5 seconds.

        ``PATCH /api/auth/keys/{id}``

        Args:
            id: The key
            body: Changes to an API key. Absent members stay; null clears.

        Raises ApiError:
            400: `unknown_scope`, `invalid_json`, `invalid_request`, `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `key_not_found`
            408: `request_timeout`
            409: `key_name_taken`, `key_revoked`, `last_admin_key`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "PATCH", f"/api/auth/keys/{path_text(id)}", m.ApiKey, json={} if body is None else body
        )

    async def delete_api_key(self, id: UUID | str) -> None:
        """Revoke an API key.

        For good and at once. The row stays, so that the audit log can name it.

        ``DELETE /api/auth/keys/{id}``

        Args:
            id: The key

        Raises ApiError:
            400: `invalid_id`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `key_not_found`
            409: `last_admin_key`, `key_revoked`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("DELETE", f"/api/auth/keys/{path_text(id)}", None)

    async def rotate_api_key(
        self, id: UUID | str, body: m.RotateApiKey | None = None, *, idempotency_key: str | None = None
    ) -> m.ApiKeyRotated:
        """Rotate an API key.

        A new secret for the same key; the old one works for `grace_secs` more.

        ``POST /api/auth/keys/{id}/rotate``

        Args:
            id: The key
            body: How to rotate a key.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_id`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            404: `key_not_found`
            408: `request_timeout`
            409: `key_revoked`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            f"/api/auth/keys/{path_text(id)}/rotate",
            m.ApiKeyRotated,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    async def login(self, body: m.Login) -> m.LoggedIn:
        """Log in.

        By name and password, when the configuration turns that on. Five failures in 15 minutes lock the name for this address.

        ``POST /api/auth/login``

        Args:
            body: Name and password.

        Raises ApiError:
            400: `invalid_json`, `invalid_request`
            401: `invalid_credentials`
            403: `origin_not_allowed`
            404: `auth_not_enabled`
            408: `request_timeout`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `login_locked`, `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("POST", "/api/auth/login", m.LoggedIn, json=body)

    async def logout(self, *, idempotency_key: str | None = None) -> m.LoggedOut:
        """Log out.

        Ends this login and clears its cookie. With an API key nothing is revoked.

        ``POST /api/auth/logout``

        Args:
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            409: `idempotency_key_reused`, `idempotency_in_progress`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST", "/api/auth/logout", m.LoggedOut, headers={"Idempotency-Key": idempotency_key}
        )

    async def get_caller(self) -> m.CallerInfo:
        """Who am I.

        ``GET /api/auth/me``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/api/auth/me", m.CallerInfo)

    async def list_roles(self) -> m.RoleList:
        """List roles and scopes.

        ``GET /api/auth/roles``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/api/auth/roles", m.RoleList)


class AsyncSystem:
    """Health, status, metrics, shutdown."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def get_health(self) -> m.Health:
        """Check the health.

        For load balancers and monitors. Says nothing that depends on data.

        ``GET /api/health``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
            503: `draining`, `unavailable`
        """
        return await self._transport.call("GET", "/api/health", m.Health)

    async def get_health_detail(self) -> m.HealthDetail:
        """Check the health in detail.

        200 also when degraded: read `checks`.

        ``GET /api/health/detail``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
            503: `draining`, `unavailable`
        """
        return await self._transport.call("GET", "/api/health/detail", m.HealthDetail)

    async def get_metrics(self) -> str:
        """Read the metrics.

        Prometheus text format 0.0.4.

        ``GET /api/metrics``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/api/metrics", str)

    async def shutdown(
        self, body: m.ShutdownOptions | None = None, *, idempotency_key: str | None = None
    ) -> m.ShuttingDown:
        """Stop the server.

        New work is refused at once; running steps may go on for `drain_secs`, then their runs are handed over by lease and
        continue after the next start.

        ``POST /api/shutdown``

        Args:
            body: How to stop.
            idempotency_key: A repeat with the same key, query and body is answered from the first call

        Raises ApiError:
            400: `invalid_json`, `invalid_request`, `invalid_idempotency_key`
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            408: `request_timeout`
            409: `conflict`, `idempotency_key_reused`, `idempotency_in_progress`
            413: `payload_too_large`
            415: `unsupported_media_type`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call(
            "POST",
            "/api/shutdown",
            m.ShuttingDown,
            headers={"Idempotency-Key": idempotency_key},
            json={} if body is None else body,
        )

    async def get_status(self) -> m.Status:
        """Get the server's status.

        What runs here, with which agents and which default model. `llm.how` tells what to do when only the built-in model
        answers.

        ``GET /api/status``

        Raises ApiError:
            401: `unauthorized`
            403: `insufficient_scope`, `origin_not_allowed`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/api/status", m.Status)

    async def get_version(self) -> m.Version:
        """Get the version.

        ``GET /api/version``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/api/version", m.Version)


class AsyncWebchat:
    """The chat page and its files."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def webchat_page(self) -> str:
        """Open the chat page.

        Agents, conversations, sessions. It asks for a key or a login when the server needs one.

        ``GET /``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/", str)

    async def webchat_asset(self, path: str) -> str:
        """Get a file of the page.

        Scripts and styles. Names carry a hash of the content, so a browser may keep the files for ever.

        ``GET /assets/{path}``

        Args:
            path: File name

        Raises ApiError:
            400: `invalid_id`
            404: `not_found`
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", f"/assets/{path_text(path)}", str)

    async def webchat_favicon(self) -> bytes:
        """Get the tab icon.

        ``GET /favicon.ico``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/favicon.ico", bytes)

    async def webchat_logo(self) -> bytes:
        """Get the logo.

        ``GET /logo.png``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/logo.png", bytes)

    async def webchat_manifest(self) -> bytes:
        """Get the web app manifest.

        ``GET /manifest.json``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/manifest.json", bytes)

    async def webchat_service_worker(self) -> bytes:
        """Get the service worker.

        It keeps static files only, never anything of `/api`.

        ``GET /sw.js``

        Raises ApiError:
            429: `rate_limited`
            500: `internal_error`
        """
        return await self._transport.call("GET", "/sw.js", bytes)


class AsyncClient(AsyncTransport):
    """Version 0.7.0 of the API of openfang, asynchronous. One attribute for each group of operations."""

    def __init__(self, base_url: str = "http://127.0.0.1:4200", api_key: str | None = None, **options: Any) -> None:
        super().__init__(base_url, api_key, **options)
        self.agents = AsyncAgents(self)
        self.messages = AsyncMessages(self)
        self.runs = AsyncRuns(self)
        self.sessions = AsyncSessions(self)
        self.memory = AsyncMemory(self)
        self.approvals = AsyncApprovals(self)
        self.templates = AsyncTemplates(self)
        self.usage = AsyncUsage(self)
        self.budget = AsyncBudget(self)
        self.tools = AsyncTools(self)
        self.auth = AsyncAuth(self)
        self.system = AsyncSystem(self)
        self.webchat = AsyncWebchat(self)
