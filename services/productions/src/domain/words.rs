//! The words of productions.

kernel::vocabulary! {
    /// What is made: the seven kinds that the roadmap of Bordeaux names.
    Kind {
        /// Production multimédia.
        Multimedia = "MULTIMEDIA",
        /// Blog.
        Blog = "BLOG",
        /// Wiki.
        Wiki = "WIKI",
        /// Etherpad.
        Pad = "PAD",
        /// Carte mentale.
        MindMap = "MIND_MAP",
        /// Frise chronologique.
        Timeline = "TIMELINE",
        /// Mur collaboratif.
        Wall = "WALL",
    }
}

kernel::vocabulary! {
    /// How far it has come.
    Status {
        /// Being made.
        Draft = "DRAFT",
        /// Handed in.
        Submitted = "SUBMITTED",
        /// Seen by its audience.
        Published = "PUBLISHED",
        /// No longer seen by its audience.
        Withdrawn = "WITHDRAWN",
        /// Kept as it was published.
        Archived = "ARCHIVED",
    }
}

kernel::vocabulary! {
    /// Whom it is shared with once it is published, from the narrowest to the widest.
    Audience {
        /// Those who take part.
        Participants = "PARTICIPANTS",
        /// Staff of the territories of its establishments.
        TerritoryStaff = "TERRITORY_STAFF",
        /// Everybody in those territories.
        TerritoryMembers = "TERRITORY_MEMBERS",
        /// Everybody.
        Public = "PUBLIC",
    }
}

kernel::vocabulary! {
    /// What a participant may do, each including those before it.
    Role {
        /// Read.
        Read = "READ",
        /// Comment.
        Comment = "COMMENT",
        /// Contribute.
        Contribute = "CONTRIBUTE",
        /// Publish.
        Publish = "PUBLISH",
        /// Manage.
        Manage = "MANAGE",
    }
}

impl Status {
    /// Whether its audience sees it.
    pub(crate) const fn is_shared(self) -> bool {
        matches!(self, Self::Published | Self::Archived)
    }
}
