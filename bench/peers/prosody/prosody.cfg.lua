-- For the measurement only: loopback, anonymous sign-in, nothing stored. @RUN@ and @PORT@ are filled in by peer.py.
run_as_root = true
pidfile = "@RUN@/prosody.pid"
data_path = "@RUN@/prosody-data"
daemonize = false
network_backend = "event"
modules_enabled = { "saslauth", "websocket", "disco" }
modules_disabled = { "s2s", "offline", "limits" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
consider_websocket_secure = true
storage = "none"
http_ports = { @PORT@ }
http_interfaces = { "127.0.0.1" }
https_ports = {}
c2s_ports = {}
s2s_ports = {}
log = { warn = "@RUN@/prosody.prosodylog" }
network_settings = { tcp_backlog = 2048 }
gc = { mode = "generational" }
VirtualHost "localhost"
  authentication = "anonymous"
