-- Schema of the registry database. Made for an empty server: it removes a database that is there,
-- and it counts on ids that start at 1 and step by 1.
drop database if exists registry;
create database registry charset = utf8;
use registry;

create table access (
  access_id int not null auto_increment,
  access_code char(1),
  comment varchar(30),
  primary key (access_id)
);

insert into access (access_code, comment) values
  ('M', 'manage the project'),
  ('R', 'read from the project'),
  ('W', 'write to the project'),
  ('D', 'delete from the project'),
  ('S', 'search the project');

create table role (
  role_id int not null auto_increment,
  role_mask int not null default 0,
  role_code varchar(20),
  name varchar(20),
  primary key (role_id)
);

insert into role (role_code, name) values
  ('MDRWS', 'projectAdmin'),
  ('RWS', 'developer'),
  ('RS', 'guest');

create table user (
  user_id int not null auto_increment,
  username varchar(255),
  email varchar(255),
  password varchar(40) not null,
  realname varchar(255) not null,
  comment varchar(30),
  deleted tinyint(1) not null default 0,
  reset_uuid varchar(40) default null,
  salt varchar(40) default null,
  sysadmin_flag tinyint(1),
  creation_time timestamp null default current_timestamp,
  update_time timestamp null default current_timestamp,
  primary key (user_id),
  unique (username),
  unique (email)
);

-- No password and no salt yet: the ui gives the first account its initial password.
insert into user (username, email, password, realname, comment, deleted, sysadmin_flag) values
  ('admin', 'admin@example.com', '', 'administrator', 'first account', 0, 1),
  ('anonymous', 'anonymous@example.com', '', 'nobody', 'not logged in', 1, 0);

create table project (
  project_id int not null auto_increment,
  owner_id int not null,
  name varchar(255) not null,
  creation_time timestamp null default current_timestamp,
  update_time timestamp null default current_timestamp,
  deleted tinyint(1) not null default 0,
  primary key (project_id),
  foreign key (owner_id) references user (user_id),
  unique (name)
);

insert into project (owner_id, name) values (1, 'library');

create table project_member (
  id int not null auto_increment,
  project_id int not null,
  entity_id int not null,
  -- u: a user, g: a group of users
  entity_type char(1) not null,
  role int not null,
  creation_time timestamp default current_timestamp,
  update_time timestamp default current_timestamp on update current_timestamp,
  primary key (id),
  constraint unique_project_entity_type unique (project_id, entity_id, entity_type)
);

insert into project_member (project_id, entity_id, role, entity_type) values (1, 1, 1, 'u');

create table project_metadata (
  id int not null auto_increment,
  project_id int not null,
  name varchar(255) not null,
  value varchar(255),
  creation_time timestamp default current_timestamp,
  update_time timestamp default current_timestamp on update current_timestamp,
  deleted tinyint(1) not null default 0,
  primary key (id),
  constraint unique_project_id_and_name unique (project_id, name),
  foreign key (project_id) references project (project_id)
);

-- Needs project 1, which exists on no server whose ids begin at another number.
insert into project_metadata (id, project_id, name, value) values (1, 1, 'public', 'true');

create table user_group (
  id int not null auto_increment,
  group_name varchar(255) not null,
  group_type int default 0,
  ldap_group_dn varchar(512) not null,
  creation_time timestamp default current_timestamp,
  update_time timestamp default current_timestamp on update current_timestamp,
  primary key (id)
);

create table access_log (
  log_id int not null auto_increment,
  username varchar(255) not null,
  project_id int not null,
  repo_name varchar(256),
  repo_tag varchar(128),
  GUID varchar(64),
  operation varchar(20) not null,
  op_time timestamp null default current_timestamp,
  primary key (log_id),
  index pid_optime (project_id, op_time)
);

create table repository (
  repository_id int not null auto_increment,
  name varchar(255) not null,
  project_id int not null,
  description text,
  pull_count int not null default 0,
  star_count int not null default 0,
  creation_time timestamp default current_timestamp,
  update_time timestamp default current_timestamp on update current_timestamp,
  primary key (repository_id),
  unique (name)
);

create table replication_policy (
  id int not null auto_increment,
  name varchar(256),
  project_id int not null,
  target_id int not null,
  enabled tinyint(1) not null default 1,
  description text,
  deleted tinyint(1) not null default 0,
  cron_str varchar(256),
  filters varchar(1024),
  replicate_deletion tinyint(1) not null default 0,
  start_time timestamp null,
  creation_time timestamp default current_timestamp,
  update_time timestamp default current_timestamp on update current_timestamp,
  primary key (id)
);

create table replication_target (
  id int not null auto_increment,
  name varchar(64),
  url varchar(64),
  username varchar(255),
  password varchar(128),
  target_type tinyint(1) not null default 0,
  insecure tinyint(1) not null default 0,
  creation_time timestamp default current_timestamp,
  update_time timestamp default current_timestamp on update current_timestamp,
  primary key (id)
);

create table replication_job (
  id int not null auto_increment,
  status varchar(64) not null,
  policy_id int not null,
  repository varchar(256) not null,
  operation varchar(64) not null,
  tags varchar(16384),
  -- The name that the jobservice gave the job.
  job_uuid varchar(64),
  creation_time timestamp default current_timestamp,
  update_time timestamp default current_timestamp on update current_timestamp,
  primary key (id),
  index policy (policy_id),
  index poid_uptime (policy_id, update_time),
  index poid_status (policy_id, status)
);

create table properties (
  id int not null auto_increment,
  k varchar(64) not null,
  v varchar(128) not null,
  primary key (id),
  unique (k)
);

create table alembic_version (
  version_num varchar(32) not null
) engine = InnoDB default charset = utf8;

-- Last on purpose: this row says that the schema is complete.
insert into alembic_version values ('1.5.0');
