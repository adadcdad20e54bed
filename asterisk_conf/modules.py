"""P. Which of Asterisk's modules are loaded: a list, because what is not loaded cannot be reached.

No `res_pjsip_refer`: a phone cannot transfer. (`chan_pjsip` does not load without `res_pjsip_pubsub`; every endpoint
says `allow_subscribe=no`.) No `app_system`, no `func_shell`, no `app_originate`: the dialplan can start neither a
program nor a call besides `Dial`.
"""

from __future__ import annotations

REQUIRED: tuple[str, ...] = (
    # time, storage, sockets
    "res_timing_timerfd", "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb", "res_crypto",
    "res_http_websocket",
    # SIP and audio
    "res_pjproject", "res_rtp_asterisk", "res_srtp", "res_pjsip", "res_pjsip_session",
    "res_pjsip_authenticator_digest", "res_pjsip_endpoint_identifier_user", "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_registrar", "res_pjsip_pubsub", "res_pjsip_sdp_rtp", "res_pjsip_transport_websocket", "res_pjsip_nat",
    "res_pjsip_caller_id", "res_pjsip_header_funcs", "res_pjsip_dtmf_info", "res_pjsip_rfc3326", "chan_pjsip",
    "bridge_simple", "bridge_native_rtp", "bridge_softmix", "bridge_holding", "codec_ulaw", "codec_alaw",
    "codec_resample", "format_pcm", "format_wav", "format_sln",
    # dialplan
    "pbx_config", "app_dial", "app_playback", "app_mixmonitor", "app_read", "app_stack", "app_userevent", "app_exec",
    "func_callerid", "func_channel", "func_env", "func_global", "func_logic", "func_strings", "func_timeout",
    "func_uuid", "func_pjsip_endpoint", "func_pjsip_contact", "func_pjsip_aor", "func_cut",
    "res_musiconhold", "res_speech", "res_agi",
)  # fmt: skip

CENTRE_ONLY: tuple[str, ...] = ("app_queue", "app_confbridge", "app_chanspy")

OPTIONAL: tuple[str, ...] = (
    "res_statsd", "res_geolocation", "codec_opus_open_source", "codec_opus", "res_format_attr_opus",
)  # fmt: skip
"""Loaded where they are: some releases need them for others to load, some have another name for them."""

CARRIER_ONLY: tuple[str, ...] = ("app_senddtmf", "app_record", "app_echo")
"""What the demonstration's telephone company has besides."""
