"""The society: members, follow graph, content, behaviour, and the two engines that run it offline."""
