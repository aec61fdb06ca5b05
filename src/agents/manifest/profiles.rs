//! The named tool sets. One table: what `GET /api/profiles` shows is what resolution uses.

use super::Profile;

/// Tools that every profile but `custom` has besides its own.
pub const BASE_TOOLS: [&str; 7] =
    ["system_time", "skill_list", "skill_describe", "artifact_read", "memory_recall", "memory_search", "memory_list"];

/// One profile.
pub struct ProfileRow {
    pub profile: Profile,
    pub name: &'static str,
    /// One line for people.
    pub description: &'static str,
    /// Names or globs, without the base set.
    pub tools: &'static [&'static str],
    /// Grants in canonical form. What programs may be run is up to the exec policy.
    pub implied_grants: &'static [&'static str],
}

/// All profiles but `custom`, in the order in which they are listed.
pub const PROFILES: [ProfileRow; 6] = [
    ProfileRow {
        profile: Profile::Minimal,
        name: "minimal",
        description: "reads its folder",
        tools: &["file_read", "file_list"],
        implied_grants: &["fs.read:**"],
    },
    ProfileRow {
        profile: Profile::Coding,
        name: "coding",
        description: "reads, changes and runs a project",
        tools: &[
            "file_read",
            "file_write",
            "file_edit",
            "file_list",
            "file_search",
            "file_move",
            "file_copy",
            "file_delete",
            "create_directory",
            "apply_patch",
            "shell_exec",
            "web_fetch",
        ],
        implied_grants: &["fs.read:**", "fs.write:**", "net:*"],
    },
    ProfileRow {
        profile: Profile::Research,
        name: "research",
        description: "searches, reads and writes down",
        tools: &["web_fetch", "web_search", "file_read", "file_write", "file_list", "file_search", "knowledge_query"],
        implied_grants: &["fs.read:**", "fs.write:**", "net:*"],
    },
    ProfileRow {
        profile: Profile::Messaging,
        name: "messaging",
        description: "talks to people and agents",
        tools: &[
            "agent_send",
            "agent_list",
            "agent_find",
            "channel_send",
            "channel_list",
            "memory_store",
            "memory_recall",
            "memory_search",
        ],
        implied_grants: &["agent.message:*"],
    },
    ProfileRow {
        profile: Profile::Automation,
        name: "automation",
        description: "all of these on a schedule",
        tools: &[
            "file_read",
            "file_write",
            "file_edit",
            "file_list",
            "file_search",
            "file_move",
            "file_copy",
            "file_delete",
            "create_directory",
            "apply_patch",
            "shell_exec",
            "web_fetch",
            "web_search",
            "knowledge_query",
            "agent_send",
            "agent_list",
            "agent_find",
            "channel_send",
            "channel_list",
            "memory_store",
            "memory_recall",
            "memory_search",
            "schedule_*",
            "cron_*",
            "task_*",
            "event_publish",
        ],
        implied_grants: &["fs.read:**", "fs.write:**", "net:*", "agent.message:*"],
    },
    ProfileRow {
        profile: Profile::Full,
        name: "full",
        description: "everything, for agents you trust like yourself",
        tools: &["*"],
        implied_grants: &[
            "tool:*",
            "net:*",
            "fs.read:**",
            "fs.write:**",
            "memory.read:*",
            "memory.write:*",
            "agent.message:*",
            "agent.spawn",
            "schedule:self",
            "hand:*",
            "workflow:*",
            "a2a:*",
        ],
    },
];

impl Profile {
    /// Its row; none for `custom`, which is exactly what the manifest lists.
    pub fn row(self) -> Option<&'static ProfileRow> {
        PROFILES.iter().find(|row| row.profile == self)
    }
}
