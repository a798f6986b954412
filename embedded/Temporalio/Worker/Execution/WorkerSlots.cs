using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Temporalio.Worker.Heartbeats;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Execution;

/// <summary>Bounds how many tasks of one kind a worker has at once.</summary>
internal sealed class WorkerSlots : IDisposable
{
    private static readonly TimeSpan ResourceCheckInterval = TimeSpan.FromMilliseconds(50);

    private readonly SlotType type;
    private readonly CustomSlots? custom;
    private readonly ResourceBasedSlotSupplier? resources;
    private readonly SemaphoreSlim free;
    private readonly Lock measuring = new();
    private (long At, TimeSpan Cpu, double Use) lastCpu;
    private readonly Lock reporting = new();
    private readonly Action<int> report;
    private int used;
    private int claimed;

    internal WorkerSlots(SlotType type, SlotSupplier supplier, WorkerLink link, ILogger logger)
    {
        this.type = type;
        custom = supplier is CustomSlotSupplier users
            ? new(
                users,
                isSticky => new(type, link.TaskQueue, link.Identity, link.VersionStamp.BuildId, isSticky),
                logger)
            : null;
        resources = supplier as ResourceBasedSlotSupplier;
        Maximum = supplier switch
        {
            FixedSizeSlotSupplier { SlotCount: > 0 } fixedSize => fixedSize.SlotCount,
            FixedSizeSlotSupplier fixedSize => throw new ArgumentException(
                $"The number of {type} slots must be positive, not {fixedSize.SlotCount}", nameof(supplier)),
            ResourceBasedSlotSupplier resourceBased => resourceBased.Options.MaximumSlots ?? 500,
            _ => int.MaxValue,
        };
        free = new(Maximum);
        Bound = (supplier as FixedSizeSlotSupplier)?.SlotCount;
        SupplierKind = supplier switch
        {
            FixedSizeSlotSupplier => "Fixed",
            ResourceBasedSlotSupplier => "ResourceBased",
            _ => "Custom",
        };
        report = inUse => Report(link, inUse);
        report(0);
    }

    internal int Maximum { get; }

    /// <summary>Gets the number of slots; null where the supplier decides again and again.</summary>
    internal int? Bound { get; }

    /// <summary>Gets the name of the kind of supplier in heartbeats.</summary>
    internal string SupplierKind { get; }

    /// <summary>Gets the number of slots with a task.</summary>
    internal int InUse => Volatile.Read(ref claimed);

    public void Dispose() => free.Dispose();

    internal async Task<Slot> ReserveAsync(bool isSticky, CancellationToken cancellationToken)
    {
        if (custom != null)
        {
            return new(this, await custom.ReserveAsync(isSticky, cancellationToken).ConfigureAwait(false));
        }
        await free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (!HasResources())
            {
                await Task.Delay(ResourceCheckInterval, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            free.Release();
            throw;
        }
        Interlocked.Increment(ref used);
        return new(this, new());
    }

    internal Slot? TryReserve()
    {
        if (custom != null)
        {
            return custom.TryReserve() is { } permit ? new(this, permit) : null;
        }
        if (!HasResources() || !free.Wait(0, CancellationToken.None))
        {
            return null;
        }
        Interlocked.Increment(ref used);
        return new(this, new());
    }

    // Together, so that the last change is also the last to be shown.
    private void Claim(int change)
    {
        lock (reporting)
        {
            claimed += change;
            report(claimed);
        }
    }

    private void Report(WorkerLink link, int inUse)
    {
        var tag = new KeyValuePair<string, object>("worker_type", $"{type}Worker");
        link.Meter.Set("worker_task_slots_used", inUse, tag);
        if (Bound is { } all)
        {
            link.Meter.Set("worker_task_slots_available", all - inUse, tag);
        }
    }

    private bool HasResources()
    {
        if (resources == null || Volatile.Read(ref used) < (resources.Options.MinimumSlots ?? (type == SlotType.Workflow ? 5 : 1)))
        {
            return true;
        }
        return HostUse.Memory() < resources.TunerOptions.TargetMemoryUsage && CpuUse() < resources.TunerOptions.TargetCpuUsage;
    }

    private double CpuUse()
    {
        lock (measuring)
        {
            var (at, cpu, use) = lastCpu;
            if (at != 0 && Stopwatch.GetElapsedTime(at) < ResourceCheckInterval)
            {
                return use;
            }
            var now = Stopwatch.GetTimestamp();
            var total = Environment.CpuUsage.TotalTime;
            use = at == 0 ? 0 : (total - cpu) / Stopwatch.GetElapsedTime(at, now) / Environment.ProcessorCount;
            lastCpu = (now, total, use);
            return use;
        }
    }

    /// <summary>A slot, to be disposed exactly when its task is over.</summary>
    internal sealed class Slot(WorkerSlots slots, SlotPermit permit) : IDisposable
    {
        private SlotInfo? info;
        private int released;

        internal void MarkUsed(SlotInfo use)
        {
            info = use;
            slots.Claim(1);
            slots.custom?.MarkUsed(use, permit);
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref released, 1) != 0)
            {
                return;
            }
            if (info != null)
            {
                slots.Claim(-1);
            }
            if (slots.custom != null)
            {
                slots.custom.Release(info, permit);
                return;
            }
            Interlocked.Decrement(ref slots.used);
            slots.free.Release();
        }
    }
}
