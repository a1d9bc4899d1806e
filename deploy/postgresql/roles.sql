-- The database for what must last, and the two roles that use it. Run once, as PostgreSQL's superuser:
--
--   sudo -u postgres psql --set owner_password=… --set service_password=… --file roles.sql
--
-- chat_owner makes and changes the tables (python -m chatservice migrate). chat_service reads and writes their rows and
-- can do nothing else: that is the role of the running service. Both over TLS or on this machine only (pg_hba.conf).

CREATE ROLE chat_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE chat_service LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'service_password';

CREATE DATABASE chat OWNER chat_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE chat FROM PUBLIC;
GRANT CONNECT ON DATABASE chat TO chat_service;

-- The server's log must not quote names: no statements, no values, no details of what was refused.
ALTER DATABASE chat SET log_statement = 'none';
ALTER DATABASE chat SET log_min_duration_statement = -1;
ALTER DATABASE chat SET log_min_error_statement = 'panic';
ALTER DATABASE chat SET log_error_verbosity = 'terse';

\connect chat
ALTER SCHEMA public OWNER TO chat_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO chat_service;
ALTER DEFAULT PRIVILEGES FOR ROLE chat_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO chat_service;
ALTER DEFAULT PRIVILEGES FOR ROLE chat_owner IN SCHEMA public
  GRANT USAGE ON SEQUENCES TO chat_service;
