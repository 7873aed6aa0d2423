"""Options of PostgreSQL that the private cluster is started with."""

import os
from collections.abc import Mapping

OPTIONS: Mapping[str, str] = {
    "listen_addresses": "''",
    "max_connections": "80",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "12GB",
    "wal_buffers": "64MB",
    "checkpoint_timeout": "15min",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_min_messages": "warning",
    "log_line_prefix": "'%t [%p] '",
    # client input, up to hundreds of kilobytes, is not logged
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "recovery_target_action": "promote",
}


def compute_memory_options() -> dict[str, str]:
    """Return the memory options: the server may take three eighths of the machine's memory, 128 MB to 16 GB; with the file
    cache it assumes three quarters, as nothing else on the machine is large."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    shared = min(max(whole * 3 // 8, 128), 16_384)
    return {"shared_buffers": f"{shared}MB", "effective_cache_size": f"{whole * 3 // 4}MB"}
