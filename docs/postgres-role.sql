-- The role with which vm-monitor sizes the file cache. PostgreSQL 15 or newer.
-- Run as superuser in the database that --pgconnstr names, because grants on functions are per database:
--   psql -d postgres -f docs/postgres-role.sql
-- and give it a password afterwards (\password vm_monitor) unless pg_hba.conf lets it in otherwise.

CREATE ROLE vm_monitor LOGIN CONNECTION LIMIT 4;

-- What it is for. Other parameters stay forbidden.
GRANT ALTER SYSTEM ON PARAMETER neon.file_cache_size_limit TO vm_monitor;
GRANT EXECUTE ON FUNCTION pg_reload_conf() TO vm_monitor;

-- Recommended: lets it see a neon.max_file_cache_size that waits for the next start. A persisted limit above
-- the maximum keeps the server from starting. The function shows all of the configuration files, so leave
-- this out if there are secrets in them (primary_conninfo): then only the running maximum is kept to.
GRANT EXECUTE ON FUNCTION pg_show_all_file_settings() TO vm_monitor;

-- Lets it read the working set of the file cache, where neon's extension is installed already. After a later
-- CREATE EXTENSION run these two by hand.
DO $$
DECLARE estimate regprocedure;
BEGIN
  FOR estimate IN
    SELECT pg_proc.oid FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
     WHERE nspname = 'neon' AND proname IN ('lfc_approximate_working_set_size_seconds', 'approximate_working_set_size_seconds')
  LOOP
    GRANT USAGE ON SCHEMA neon TO vm_monitor;
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO vm_monitor', estimate);
  END LOOP;
END $$;
