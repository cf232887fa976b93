import type { ProjectModel } from "../ui/project-model";

export const projectModel: ProjectModel = {
  memberIs: (id) => `m.entity_type = 'u' and m.entity_id = ${id}`,
  isPublic: `exists (select 1 from project_metadata d where d.project_id = p.project_id
    and d.name = 'public' and d.value = 'true' and d.deleted = 0)`,

  async addProject(db, name, isPublic, owner) {
    const sql = "insert into project (owner_id, name) values (?, ?)";
    const { id } = await db.change(sql, [owner, name]);
    await db.change(
      "insert into project_metadata (project_id, name, value) values (?, 'public', ?)",
      [id, String(isPublic)],
    );
    return id;
  },

  async addMember(db, project, user, role) {
    await db.change(
      `insert into project_member (project_id, entity_id, entity_type, role)
        values (?, ?, 'u', ?)`,
      [project, user, role],
    );
  },

  async addRepository(db, name, project) {
    await db.change(
      `insert into repository (name, project_id)
        select ?, p.project_id from project p where p.name = ? and p.deleted = 0
          and not exists (select 1 from repository r where r.name = ?)`,
      [name, project, name],
    );
  },

  async logAccess(db, { name, tag, username, operation, project }) {
    await db.change(
      `insert into access_log (username, project_id, repo_name, repo_tag, operation)
        select ?, p.project_id, ?, ?, ? from project p where p.name = ?`,
      [username, name, tag, operation, project],
    );
  },

  // The plain number is still taken, for replication from an earlier release.
  wantsPublic: ({ public: wanted, metadata }) =>
    wanted === 1 || (metadata as { public?: unknown } | undefined)?.public === "true",
  describe: ({ public: isPublic, ...project }) => ({
    ...project,
    metadata: { public: String(isPublic === 1) },
  }),
};
