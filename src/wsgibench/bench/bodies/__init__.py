"""Every body counts: the answers of all stacks held against one another, path by path, over what the load asked.

``known`` is what the run knows of each path; ``judging`` says, of what stacks answered to one path, who is wrong;
``comparing`` gathers the answers of a block, has what is disputed asked again, and draws the conclusion.
"""
