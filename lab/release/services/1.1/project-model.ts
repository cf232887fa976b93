import type { ProjectModel } from "../ui/project-model";

export const projectModel: ProjectModel = {
  memberIs: (id) => `m.user_id = ${id}`,
  isPublic: "p.public",

  async addProject(db, name, isPublic, owner) {
    const sql = "insert into project (owner_id, name, public) values (?, ?, ?)";
    return (await db.change(sql, [owner, name, isPublic ? 1 : 0])).id;
  },

  async addMember(db, project, user, role) {
    const sql = "insert into project_member (project_id, user_id, role) values (?, ?, ?)";
    await db.change(sql, [project, user, role]);
  },

  async addRepository(db, name, project, username) {
    await db.change(
      `insert into repository (name, project_id, owner_id)
        select ?, p.project_id, coalesce(u.user_id, p.owner_id) from project p
          left join user u on u.username = ? where p.name = ? and p.deleted = 0
          and not exists (select 1 from repository r where r.name = ?)`,
      [name, username, project, name],
    );
  },

  async logAccess(db, { name, tag, username, operation, project }) {
    await db.change(
      `insert into access_log (user_id, project_id, repo_name, repo_tag, operation)
        select u.user_id, p.project_id, ?, ?, ? from project p join user u on u.username = ?
        where p.name = ?`,
      [name, tag, operation, username, project],
    );
  },

  wantsPublic: ({ public: wanted }) => wanted === 1 || wanted === true,
  describe: (project) => project,
};
