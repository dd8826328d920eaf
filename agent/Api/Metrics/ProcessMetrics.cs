using Agent.Common;

namespace Agent.Api.Metrics;

/// <summary>The agent as a process, by the names that Prometheus' own clients use.</summary>
internal static class ProcessMetrics
{
    public static void Write(PrometheusText page, AgentIdentity identity)
    {
        page.Gauge("ogrepo_build_info", "Always 1; the label tells the version of the agent.");
        page.Sample(1, ("version", identity.Version));
        page.Gauge("process_start_time_seconds", "When the agent was started, in seconds since 1970-01-01 UTC.");
        page.Sample(identity.Started);
        page.Counter("process_cpu_seconds_total", "Processor time that the agent has used.");
        page.Sample(Environment.CpuUsage.TotalTime.TotalSeconds);
        page.Gauge("process_resident_memory_bytes", "Memory that the agent has in use.");
        page.Sample(Environment.WorkingSet);
    }
}
