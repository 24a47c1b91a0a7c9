using System.Globalization;
using System.Management.Automation;

using SafeDb.Observation;

namespace SafeDb.PowerShell.Hosting;

/// <summary>Gives every activity an id, and lets at most five records a second through for each; the last record of an activity always passes.</summary>
/// <param name="clock">The time.</param>
internal sealed class ProgressThrottle(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly object _gate = new();
    private readonly Dictionary<string, Activity> _activities = new(StringComparer.Ordinal);

    /// <summary>The record to show, or null when one was shown a moment ago.</summary>
    public ProgressRecord? Admit(ProgressReport report)
    {
        lock (_gate)
        {
            Activity activity = Find(report.Activity);
            long now = clock.GetTimestamp();
            if (!report.Completed && activity.Shown is { } shown && clock.GetElapsedTime(shown, now) < Interval)
            {
                return null;
            }

            activity.Shown = now;
            activity.Open = !report.Completed;
            return Record(report, activity.Id, report.Parent is null ? -1 : Find(report.Parent).Id);
        }
    }

    /// <summary>Records that end every activity that is still shown.</summary>
    public IReadOnlyList<ProgressRecord> Close()
    {
        lock (_gate)
        {
            List<ProgressRecord> records =
                [.. _activities.Where(item => item.Value.Open).Select(item => new ProgressRecord(item.Value.Id, item.Key, " ") { RecordType = ProgressRecordType.Completed })];
            _activities.Clear();
            return records;
        }
    }

    private Activity Find(string name)
    {
        if (!_activities.TryGetValue(name, out Activity? activity))
        {
            _activities[name] = activity = new Activity(_activities.Count + 1);
        }

        return activity;
    }

    private static ProgressRecord Record(ProgressReport report, int id, int parent)
    {
        // ProgressRecord refuses empty texts.
        string status = report.Status.Length == 0 ? " " : report.Status;
        var record = new ProgressRecord(id, report.Activity.Length == 0 ? "SafeDb" : report.Activity, status) { ParentActivityId = parent };
        if (report.Completed)
        {
            record.RecordType = ProgressRecordType.Completed;
        }
        else if (report.Total > 0)
        {
            record.PercentComplete = (int)Math.Clamp(report.Done * 100 / report.Total, 0, 100);
            record.CurrentOperation = string.Create(CultureInfo.InvariantCulture, $"{report.Done:N0} of {report.Total:N0} {report.Unit}");
        }

        return record;
    }

    private sealed class Activity(int id)
    {
        public int Id { get; } = id;

        public long? Shown { get; set; }

        public bool Open { get; set; }
    }
}
