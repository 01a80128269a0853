from hypothesis import HealthCheck, settings

# A slow or busy machine is no failure: what is tested is what comes out, not when.
settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")
