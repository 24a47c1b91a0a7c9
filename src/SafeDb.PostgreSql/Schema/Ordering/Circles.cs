namespace SafeDb.PostgreSql.Schema.Ordering;

/// <summary>Finds the strongly connected components with more than one member (Tarjan), without recursion: schemas are deep.</summary>
internal static class Circles
{
    public static List<List<CreationNode>> Find(IReadOnlyList<CreationNode> nodes)
    {
        var state = new State();
        foreach (CreationNode node in nodes)
        {
            if (!state.Index.ContainsKey(node))
                Visit(node, state);
        }

        return state.Found;
    }

    private static void Visit(CreationNode start, State state)
    {
        var work = new Stack<(CreationNode Node, IEnumerator<CreationNode> Next)>();
        work.Push((start, state.Enter(start)));
        while (work.TryPeek(out (CreationNode Node, IEnumerator<CreationNode> Next) frame))
        {
            if (frame.Next.MoveNext())
            {
                CreationNode dependency = frame.Next.Current;
                if (!state.Index.TryGetValue(dependency, out int index))
                    work.Push((dependency, state.Enter(dependency)));
                else if (state.OnStack.Contains(dependency))
                    state.Low[frame.Node] = Math.Min(state.Low[frame.Node], index);
                continue;
            }

            work.Pop();
            if (work.TryPeek(out (CreationNode Node, IEnumerator<CreationNode> Next) parent))
                state.Low[parent.Node] = Math.Min(state.Low[parent.Node], state.Low[frame.Node]);
            if (state.Low[frame.Node] == state.Index[frame.Node])
                state.Close(frame.Node);
        }
    }

    private sealed class State
    {
        private readonly Stack<CreationNode> _stack = new();

        public Dictionary<CreationNode, int> Index { get; } = [];

        public Dictionary<CreationNode, int> Low { get; } = [];

        public HashSet<CreationNode> OnStack { get; } = [];

        public List<List<CreationNode>> Found { get; } = [];

        public IEnumerator<CreationNode> Enter(CreationNode node)
        {
            Index[node] = Low[node] = Index.Count;
            _stack.Push(node);
            OnStack.Add(node);
            // A copy: the graph does not change while it is searched, but the enumerator of a set must not be shared either.
            return node.DependsOn.ToList().GetEnumerator();
        }

        public void Close(CreationNode root)
        {
            var members = new List<CreationNode>();
            CreationNode member;
            do
            {
                member = _stack.Pop();
                OnStack.Remove(member);
                members.Add(member);
            }
            while (member != root);
            if (members.Count > 1)
                Found.Add(members);
        }
    }
}
